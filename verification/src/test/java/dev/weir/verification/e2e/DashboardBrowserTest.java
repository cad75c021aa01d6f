package dev.weir.verification.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.deque.html.axecore.selenium.AxeBuilder;
import dev.weir.testservers.RequiresServer;
import dev.weir.testservers.Server;
import dev.weir.testservers.Servers;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.logging.Level;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.By;
import org.openqa.selenium.JavascriptExecutor;
import org.openqa.selenium.Keys;
import org.openqa.selenium.OutputType;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.logging.LogType;
import org.openqa.selenium.logging.LoggingPreferences;
import org.openqa.selenium.support.ui.WebDriverWait;
import tools.jackson.databind.JsonNode;

/**
 * The dashboard in a real browser: every button is reached and pressed by keyboard and its effect read from {@code /stats};
 * axe finds nothing; nothing is wider than a phone. Pictures are left in {@code target/screenshots} for the eye.
 */
@Tag("browser")
@RequiresServer(Server.CHROMIUM)
@Timeout(180)
class DashboardBrowserTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private static DemoProcess demo;
    private static ChromeDriver browser;

    @BeforeAll
    static void open(@TempDir Path data, @TempDir Path profile) throws IOException {
        demo = DemoProcess.start(data);
        ChromeOptions options = new ChromeOptions();
        options.setBinary(Servers.chromium().toFile());
        options.addArguments(
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-quic",
                "--disable-dev-shm-usage",
                "--no-first-run",
                "--no-proxy-server",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
                "--window-size=1280,900",
                "--user-data-dir=" + profile);
        LoggingPreferences logs = new LoggingPreferences();
        logs.enable(LogType.BROWSER, Level.ALL);
        options.setCapability("goog:loggingPrefs", logs);
        browser = new ChromeDriver(
                new ChromeDriverService.Builder()
                        .usingDriverExecutable(driver())
                        .build(),
                options);
    }

    /** The driver of the same package as the browser; without it one could not be had either. */
    private static File driver() {
        return Stream.of(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
                .map(directory -> Path.of(directory, "chromedriver"))
                .filter(Files::isExecutable)
                .findFirst()
                .orElseThrow(
                        () -> new AssertionError(
                                "Chromium is there and its driver is not: install chromium-driver, or take chromium off the PATH."))
                .toFile();
    }

    @AfterAll
    static void close() {
        if (browser != null) {
            browser.quit();
        }
        if (demo != null) {
            demo.close();
        }
    }

    @BeforeEach
    void load() {
        demo.post("api/demo/load?on=false");
        demo.post("api/demo/database?stopped=false");
        screen(1280, 900);
        media("light");
        browser.get(demo.address());
        script("localStorage.clear()");
        browser.get(demo.address());
        until("the first numbers", () -> !text("state-text").equals("Connecting"));
        browser.manage().logs().get(LogType.BROWSER);
    }

    @Test
    void load_isSwitchedOnAndOff() {
        focus("load").sendKeys(Keys.SPACE);
        until("the load is on", () -> switchedOn(demo.stats()));
        long before = operations();
        until("it counts pages", () -> operations() > before + 100);
        until("the switch shows it", () -> "true".equals(attribute("load", "aria-checked")));
        focus("load").sendKeys(Keys.SPACE);
        until("the load is off", () -> !switchedOn(demo.stats()));
        until("it is announced", () -> text("status").contains("load is off"));
    }

    @Test
    void burst_andBufferOff_countTenThousandEach_andAreCompared() {
        long before = operations();
        focus("burst").sendKeys(Keys.ENTER);
        until("the burst is done", () -> !result("buffered").isNull());
        assertThat(result("buffered").get("calls").intValue()).isEqualTo(10_000);
        assertThat(operations() - before).isGreaterThanOrEqualTo(10_000);
        until("it is announced", () -> text("status").contains("Burst through the buffer: 10,000 calls"));

        long statements = demo.stats().get("buffer").get("statements").longValue();
        until("the button takes a press", () -> "false".equals(attribute("direct", "aria-disabled")));
        focus("direct").sendKeys(Keys.ENTER);
        until("the direct burst is done", () -> !result("direct").isNull());
        assertThat(result("direct").get("calls").intValue()).isEqualTo(10_000);
        assertThat(result("direct").get("statements").intValue()).isEqualTo(10_000);
        assertThat(demo.stats().get("buffer").get("statements").longValue() - statements)
                .as("statements of the buffer meanwhile")
                .isLessThan(1000);
        until("both are compared", () -> text("compare-note").contains("times the calls a second"));
    }

    @Test
    void database_isStoppedAndStarted_andWritesGoOnMeanwhile() {
        focus("database").sendKeys(Keys.ENTER);
        until("the database is stopped", () -> stopped(demo.stats()));
        assertThat(demo.post("api/pages/from-the-browser/hits").get("hits").isNull())
                .isTrue();
        until("the page says so", () -> text("state-text").equals("Degraded"));
        until("the button starts it again", () -> text("database").equals("Start the database"));
        until("the oldest change waits", () -> pending("oldestAgeMillis") > 2000);
        assertThat(new AxeBuilder().analyze(browser).getViolations()).isEmpty();

        focus("database").sendKeys(Keys.SPACE);
        until("the database is started", () -> !stopped(demo.stats()));
        until("what was pending drains", () -> pending("pendingRows") == 0);
        until("the page says so", () -> text("state-text").equals("Up"));
    }

    @Test
    void flush_writesAtOnce() {
        demo.post("api/pages/to-be-flushed/hits");
        focus("flush").sendKeys(Keys.ENTER);
        until("it is announced", () -> text("status").startsWith("Flushed "));
        assertThat(pending("pendingRows")).isZero();
    }

    @Test
    void failure_isAnAlert() {
        try {
            demo.post("api/demo/database?stopped=true");
            demo.post("api/pages/not-to-be-flushed/hits");
            focus("flush").sendKeys(Keys.ENTER);
            until("the failure is told", () -> !text("alert").isEmpty());
        } finally {
            demo.post("api/demo/database?stopped=false");
        }
    }

    @Test
    void theme_isKept() {
        assertThat(attribute("theme", "aria-pressed")).isEqualTo("false");
        focus("theme").sendKeys(Keys.ENTER);
        assertThat(attribute("theme", "aria-pressed")).isEqualTo("true");
        browser.get(demo.address());
        assertThat(attribute("theme", "aria-pressed")).isEqualTo("true");
        media("dark");
        focus("theme").sendKeys(Keys.SPACE);
        assertThat(script("return getComputedStyle(document.body).colorScheme")).isEqualTo("light");
    }

    @Test
    void pause_holdsTheNumbers() {
        focus("pause").sendKeys(Keys.ENTER);
        assertThat(attribute("pause", "aria-pressed")).isEqualTo("true");
        String shown = text("ops-total");
        long before = operations();
        demo.post("api/pages/paused/hits");
        until("the demo has counted", () -> operations() > before);
        long samples = demo.stats().get("at").stringValue().hashCode();
        until("time has passed", () -> demo.stats().get("at").stringValue().hashCode() != samples);
        assertThat(text("ops-total")).isEqualTo(shown);
        focus("pause").sendKeys(Keys.SPACE);
        until("the numbers go on", () -> !text("ops-total").equals(shown));
    }

    @Test
    void charts_areTablesToo_andWindowsChange() {
        WebElement button = focus(By.cssSelector("#chart-flow .as-table"));
        button.sendKeys(Keys.ENTER);
        assertThat(button.getDomAttribute("aria-expanded")).isEqualTo("true");
        until(
                "rows are shown",
                () -> browser.findElements(By.cssSelector("#chart-flow tbody tr"))
                                .size()
                        > 1);
        button.sendKeys(Keys.SPACE);
        until("the chart describes itself", () -> {
            String label =
                    browser.findElement(By.cssSelector("#chart-flow svg")).getDomAttribute("aria-label");
            return label != null && label.contains("absorbed: ") && label.contains("now");
        });
        focus("window").sendKeys(Keys.ARROW_DOWN);
        until("the window is longer", () -> text("ratio-window").equals("5 min"));
    }

    @Test
    void axe_findsNothingInEitherTheme_wideAndNarrow() throws IOException {
        demo.post("api/demo/load?on=true");
        until(
                "there is something to see",
                () -> script("return document.querySelectorAll('path.line').length")
                        .equals(8L));
        for (String theme : List.of("light", "dark")) {
            media(theme);
            for (int width : new int[] {1280, 320}) {
                screen(width, width == 320 ? 3400 : 1500);
                assertThat(new AxeBuilder().analyze(browser).getViolations())
                        .as("axe, %s, %d px", theme, width)
                        .isEmpty();
                assertThat((Long) script("return document.documentElement.scrollWidth"))
                        .as("width of the page, %s", theme)
                        .isLessThanOrEqualTo(width);
                picture(theme + "-" + width);
            }
        }
        demo.post("api/demo/load?on=false");
    }

    @Test
    void forcedColors_keepLinesAndFocusVisible() throws IOException {
        browser.executeCdpCommand(
                "Emulation.setEmulatedMedia",
                Map.of("features", List.of(Map.of("name", "forced-colors", "value", "active"))));
        focus("burst");
        assertThat(script("return getComputedStyle(document.activeElement).outlineStyle"))
                .isEqualTo("solid");
        picture("forced-colors");
    }

    @Test
    void everyControl_isReachedByTab_withVisibleFocus_andNothingComesFromElsewhere() {
        for (String id : List.of("window", "pause", "theme", "load", "burst", "direct", "database", "flush", "copy")) {
            focus(id);
            assertThat(script("return getComputedStyle(document.activeElement).outlineStyle"))
                    .as("focus of %s", id)
                    .isEqualTo("solid");
        }
        assertThat(script("return performance.getEntriesByType('resource')"
                        + ".filter(one => !one.name.startsWith(location.origin)).length"))
                .isEqualTo(0L);
        assertThat(browser.manage().logs().get(LogType.BROWSER).getAll()).isEmpty();
    }

    // ---- Hands and eyes ------------------------------------------------------------------------------------------

    private static WebElement focus(String id) {
        return focus(By.id(id));
    }

    /** Presses Tab until the element has the focus. */
    private static WebElement focus(By wanted) {
        WebElement element = browser.findElement(wanted);
        script("document.activeElement.blur(); getSelection().removeAllRanges()");
        for (int presses = 0; presses < 80; presses++) {
            browser.switchTo().activeElement().sendKeys(Keys.TAB);
            if (browser.switchTo().activeElement().equals(element)) {
                return element;
            }
        }
        throw new AssertionError("Tab does not reach " + wanted + ".");
    }

    private static String text(String id) {
        return String.valueOf(script("return document.getElementById('" + id + "').textContent"));
    }

    private static String attribute(String id, String name) {
        return String.valueOf(script("return document.getElementById('" + id + "').getAttribute('" + name + "')"));
    }

    private static Object script(String text) {
        Object result = ((JavascriptExecutor) browser).executeScript(text);
        return result == null ? "" : result;
    }

    private static void until(String what, java.util.function.BooleanSupplier holds) {
        new WebDriverWait(browser, PATIENCE)
                .withMessage(() -> what + "; status: " + text("status") + " alert: " + text("alert"))
                .until(any -> holds.getAsBoolean());
    }

    private static void screen(int width, int height) {
        browser.executeCdpCommand(
                "Emulation.setDeviceMetricsOverride",
                Map.of("width", width, "height", height, "deviceScaleFactor", 1, "mobile", false));
    }

    private static void media(String theme) {
        browser.executeCdpCommand(
                "Emulation.setEmulatedMedia",
                Map.of("features", List.of(Map.of("name", "prefers-color-scheme", "value", theme))));
    }

    private static void picture(String name) throws IOException {
        Path directory = Files.createDirectories(Path.of("target", "screenshots"));
        Files.write(directory.resolve("dashboard-" + name + ".png"), browser.getScreenshotAs(OutputType.BYTES));
    }

    // ---- What the demo says --------------------------------------------------------------------------------------

    private static long operations() {
        return demo.stats().get("buffer").get("operations").longValue();
    }

    private static long pending(String field) {
        return demo.stats().get("buffer").get(field).longValue();
    }

    private static JsonNode result(String kind) {
        return demo.stats().get("demo").get(kind);
    }

    private static boolean switchedOn(JsonNode stats) {
        return stats.get("demo").get("load").booleanValue();
    }

    private static boolean stopped(JsonNode stats) {
        return stats.get("demo").get("databaseStopped").booleanValue();
    }
}
