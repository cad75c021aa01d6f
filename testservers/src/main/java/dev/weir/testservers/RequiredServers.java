package dev.weir.testservers;

import java.util.Optional;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.platform.commons.support.AnnotationSupport;

/** Skips or fails what is annotated with {@link RequiresServer}. */
final class RequiredServers implements ExecutionCondition {
    @Override
    public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
        Optional<RequiresServer> annotation =
                AnnotationSupport.findAnnotation(context.getElement(), RequiresServer.class);
        if (annotation.isPresent()) {
            for (Server server : annotation.get().value()) {
                Optional<String> missing = Servers.shared(server).missing();
                if (missing.isPresent()) {
                    return refuse(server, missing.get());
                }
            }
        }
        return ConditionEvaluationResult.enabled("every server is there");
    }

    private static ConditionEvaluationResult refuse(Server server, String reason) {
        if (server.isRequired()) {
            throw new AssertionError(server.key() + " is required and can't be had: " + reason);
        }
        return ConditionEvaluationResult.disabled(server.key() + " can't be had: " + reason);
    }
}
