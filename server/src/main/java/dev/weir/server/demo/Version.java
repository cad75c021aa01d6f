package dev.weir.server.demo;

import java.util.Optional;

/** Which version of Weir runs. */
final class Version {
    private Version() {}

    static String name() {
        return Optional.ofNullable(Version.class.getPackage().getImplementationVersion())
                .orElse("(development build)");
    }
}
