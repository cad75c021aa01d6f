package dev.weir.testservers;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * The test class or method needs these servers: as {@link Servers#require} before each, it is skipped where one can't
 * be had, or fails if that one is required. It has the tag {@code servers}.
 */
@Documented
@Target({ElementType.TYPE, ElementType.METHOD})
@Retention(RetentionPolicy.RUNTIME)
@Tag("servers")
@ExtendWith(RequiredServers.class)
public @interface RequiresServer {
    Server[] value();
}
