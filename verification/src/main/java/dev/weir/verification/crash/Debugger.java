package dev.weir.verification.crash;

import com.sun.jdi.Bootstrap;
import com.sun.jdi.Method;
import com.sun.jdi.ReferenceType;
import com.sun.jdi.VMDisconnectedException;
import com.sun.jdi.VirtualMachine;
import com.sun.jdi.connect.Connector;
import com.sun.jdi.connect.IllegalConnectorArgumentsException;
import com.sun.jdi.connect.ListeningConnector;
import com.sun.jdi.event.BreakpointEvent;
import com.sun.jdi.event.ClassPrepareEvent;
import com.sun.jdi.event.Event;
import com.sun.jdi.event.EventSet;
import com.sun.jdi.event.VMDisconnectEvent;
import com.sun.jdi.request.BreakpointRequest;
import com.sun.jdi.request.ClassPrepareRequest;
import com.sun.jdi.request.EventRequest;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Stops a process at the n-th call of a method, and has it killed while all its threads stand still. The count is kept in the
 * process, so that nothing slows it down before. A method that is not there is an error: the lab must follow what it observes.
 */
final class Debugger implements AutoCloseable {
    private static final String LOCAL = "127.0.0.1";

    private final CrashPoint point;
    private final int nth;
    private final ListeningConnector connector;
    private final Map<String, Connector.Argument> arguments;
    private final String address;
    private @Nullable Thread thread;
    private volatile boolean reached;
    private volatile @Nullable Exception problem;

    Debugger(CrashPoint point, int nth) throws IOException {
        this.point = point;
        this.nth = nth;
        this.connector = Bootstrap.virtualMachineManager().listeningConnectors().stream()
                .filter(known -> known.transport().name().equals("dt_socket"))
                .findFirst()
                .orElseThrow(() -> new IOException("This JDK has no debugger over sockets."));
        this.arguments = connector.defaultArguments();
        Objects.requireNonNull(arguments.get("localAddress")).setValue(LOCAL);
        Objects.requireNonNull(arguments.get("timeout")).setValue("30000");
        try {
            String listening = connector.startListening(arguments);
            this.address = LOCAL + listening.substring(listening.lastIndexOf(':'));
        } catch (IllegalConnectorArgumentsException e) {
            throw new IOException("The debugger does not listen.", e);
        }
    }

    /** What makes a JVM wait for this debugger. */
    String option() {
        return "-agentlib:jdwp=transport=dt_socket,server=n,suspend=y,address=" + address;
    }

    /** Waits for the process in the background, and kills it when it is there. */
    void follow(Runnable kill) {
        Thread follower = new Thread(
                () -> {
                    try {
                        VirtualMachine machine = connector.accept(arguments);
                        connector.stopListening(arguments);
                        events(machine, kill);
                    } catch (VMDisconnectedException ended) {
                        // It was done before it came there.
                    } catch (IOException | IllegalConnectorArgumentsException | RuntimeException e) {
                        problem = e;
                        kill.run();
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                },
                "debugger");
        follower.setDaemon(true);
        thread = follower;
        follower.start();
    }

    private void events(VirtualMachine machine, Runnable kill) throws InterruptedException {
        ClassPrepareRequest prepare = machine.eventRequestManager().createClassPrepareRequest();
        prepare.addClassFilter(point.type());
        prepare.setSuspendPolicy(EventRequest.SUSPEND_ALL);
        prepare.enable();
        while (true) {
            EventSet events = machine.eventQueue().remove();
            for (Event event : events) {
                if (event instanceof ClassPrepareEvent prepared) {
                    breakpoint(machine, prepared.referenceType());
                } else if (event instanceof BreakpointEvent) {
                    reached = true;
                    kill.run();
                    return;
                } else if (event instanceof VMDisconnectEvent) {
                    return;
                }
            }
            events.resume();
        }
    }

    private void breakpoint(VirtualMachine machine, ReferenceType type) {
        List<Method> methods = type.methodsByName(point.method());
        if (methods.isEmpty()) {
            throw new IllegalStateException("A point's method is gone: point=" + point.label() + ", class="
                    + point.type() + ", method=" + point.method() + ". Follow it in CrashPoint.");
        }
        for (Method method : methods) {
            BreakpointRequest request = machine.eventRequestManager().createBreakpointRequest(method.location());
            request.addCountFilter(nth);
            request.setSuspendPolicy(EventRequest.SUSPEND_ALL);
            request.enable();
        }
    }

    /** Whether the process stood at the point. */
    boolean reached() {
        return reached;
    }

    @Override
    public void close() throws IOException {
        Thread follower = thread;
        if (follower != null) {
            try {
                follower.join(5_000);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
        Exception failed = problem;
        if (failed != null) {
            throw new IOException("The debugger failed: " + failed.getMessage(), failed);
        }
    }
}
