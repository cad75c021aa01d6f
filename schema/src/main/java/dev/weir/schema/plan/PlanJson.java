package dev.weir.schema.plan;

import dev.weir.schema.model.DataStep;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Plans as JSON: {@code {"fingerprint":…,"normalised":…,"steps":[{"id":…,"sql":…,"transactional":…,"lock":…,
 * "reverse":…,"hazards":[{"name":…,"object":…,"count":…}]}],"undeclared":[…]}}. A step that has no way back says
 * {@code "lossy":true} instead of {@code "reverse"}.
 */
public final class PlanJson {
    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final String BETWEEN = ";\n";

    private PlanJson() {}

    /** The plan on one line. */
    public static String write(Plan plan) {
        return JSON.writeValueAsString(map(plan));
    }

    /** The plan as maps and lists. */
    public static Map<String, Object> map(Plan plan) {
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("fingerprint", plan.fingerprint());
        object.put("normalised", plan.normalised());
        object.put("steps", plan.steps().stream().map(PlanJson::step).toList());
        object.put("undeclared", plan.undeclared());
        return object;
    }

    private static Map<String, Object> step(Step step) {
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("id", step.id());
        object.put("sql", step.sql());
        object.put("transactional", step.transactional());
        object.put("lock", step.lock());
        if (step.lossy()) {
            object.put("lossy", true);
        } else {
            object.put("reverse", String.join(BETWEEN, step.reverse()));
        }
        object.put("hazards", step.hazards().stream().map(PlanJson::hazard).toList());
        return object;
    }

    private static Map<String, Object> hazard(Hazard hazard) {
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("name", hazard.kind().id());
        object.put("object", hazard.object());
        object.put("count", hazard.count());
        return object;
    }

    /**
     * A plan that was written, to be compared with the one that is made when it is applied.
     *
     * @throws IllegalArgumentException if the text is no plan; the message says what is missing
     */
    public static Plan read(String text) {
        JsonNode object;
        try {
            object = JSON.readTree(text);
        } catch (JacksonException e) {
            throw new IllegalArgumentException(
                    "a plan must be a JSON object: line="
                            + (e.getLocation() == null
                                    ? "?"
                                    : String.valueOf(e.getLocation().getLineNr()))
                            + "; write it with 'schema plan --out FILE'",
                    e);
        }
        List<Step> steps = new ArrayList<>();
        JsonNode list = member(object, "steps");
        for (JsonNode step : list) {
            List<Hazard> hazards = new ArrayList<>();
            for (JsonNode hazard : member(step, "hazards")) {
                hazards.add(hazard(hazard));
            }
            String sql = member(step, "sql").asString();
            steps.add(new Step(
                    member(step, "id").asString(),
                    List.of(sql),
                    member(step, "transactional").asBoolean(),
                    member(step, "lock").asString(),
                    step.has("reverse") ? List.of(step.get("reverse").asString()) : List.of(),
                    step.has("lossy"),
                    hazards,
                    // What it does is planned anew when it is applied.
                    new Step.DataWork(DataStep.sql("reviewed", DataStep.When.BEFORE_CONTRACT, sql, null))));
        }
        return new Plan(
                member(object, "fingerprint").asString(),
                member(object, "normalised").asString(),
                steps,
                List.of());
    }

    private static Hazard hazard(JsonNode hazard) {
        String name = member(hazard, "name").asString();
        try {
            return new Hazard(
                    Hazard.Kind.valueOf(name.toUpperCase(Locale.ROOT)),
                    member(hazard, "object").asString(),
                    member(hazard, "count").asLong());
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("a plan's hazards must be known: name=" + name, e);
        }
    }

    private static JsonNode member(JsonNode object, String name) {
        JsonNode member = object.get(name);
        if (member == null) {
            throw new IllegalArgumentException(
                    "a plan must have all its members: missing=" + name + "; write it with 'schema plan --out FILE'");
        }
        return member;
    }
}
