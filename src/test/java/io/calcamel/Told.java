package io.calcamel;

import io.calcamel.attention.Matter;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.camel.builder.AdviceWith;
import org.apache.camel.model.ModelCamelContext;

/** Listens to what a hub tells that a person has to look at, before it is left out as told already. */
public final class Told {

    private final List<Matter> matters = new CopyOnWriteArrayList<>();

    private Told() {
    }

    /** From now on. */
    public static Told by(HubExtension hub) {
        Told told = new Told();
        try {
            AdviceWith.adviceWith((ModelCamelContext) hub.hub().context(), "attention", route -> route.weaveAddFirst()
                    .process(exchange -> told.matters.add(exchange.getMessage().getBody(Matter.class))));
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
        return told;
    }

    /** All of a kind, the oldest first. */
    public List<Matter> of(Matter.Kind kind) {
        return matters.stream().filter(matter -> matter.kind() == kind).toList();
    }
}
