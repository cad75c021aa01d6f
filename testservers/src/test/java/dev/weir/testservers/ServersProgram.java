package dev.weir.testservers;

import java.nio.file.Path;

/** Another JVM: starts all servers, says their process ids, and ends when its input does. */
final class ServersProgram {
    private ServersProgram() {}

    public static void main(String[] arguments) throws Exception {
        Path.of(arguments[0]).toFile().mkdirs();
        System.setProperty("servers.directory", arguments[0]);
        try (TestDatabase database = Servers.postgres().newDatabase()) {
            database.connect().close();
        }
        try (TestDatabase database = Servers.mariadb().newDatabase()) {
            database.connect().close();
        }
        Servers.redis().call("SET", "key", "value");
        System.out.println("pids " + Servers.postgres().pid() + " "
                + Servers.mariadb().pid() + " " + Servers.redis().pid());
        System.in.read();
    }
}
