package io.calcamel;

import java.io.IOException;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.camel.CamelContext;
import org.apache.camel.FailedToCreateRouteException;
import org.apache.camel.Processor;
import org.apache.camel.model.BeanDefinition;
import org.apache.camel.model.ProcessDefinition;
import org.apache.camel.model.ProcessorDefinition;
import org.apache.camel.model.ProcessorDefinitionHelper;
import org.apache.camel.model.RouteDefinition;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;

/** What is wrong with a route, in one line for the person who edits it: the file, the line and the cause. */
final class RouteFault extends RuntimeException {

    private RouteFault(String file, Integer line, String cause) {
        super(file.replaceFirst("^file:", "") + (line == null || line < 1 ? "" : ", line " + line) + ": " + sentence(cause), null, false, false);
    }

    /**
     * Finds what Camel would notice too late: when the route before an edit is gone already, or when the first message
     * comes.
     *
     * @param context where beans and processors are
     * @param route   the route as it was read
     * @throws RouteFault where it names a bean, a processor or a method that is not there
     */
    static void check(CamelContext context, RouteDefinition route) {
        steps(route).forEach(step -> {
            if (step instanceof ProcessDefinition process && process.getRef() != null) {
                named(context, step, process.getRef(), Processor.class, "processor");
            } else if (step instanceof BeanDefinition bean && bean.getRef() != null) {
                checkMethod(bean, named(context, step, bean.getRef(), Object.class, "bean"));
            }
        });
    }

    /**
     * Finds the fault of a route file in what was thrown because of it.
     *
     * @param failure what was thrown
     * @param routes  the routes that may be at fault; empty where not even reading them succeeded
     * @return the fault, or empty where the failure is about something else
     */
    static Optional<RouteFault> in(Throwable failure, Collection<RouteDefinition> routes) {
        List<Throwable> causes = Stream.iterate(failure, cause -> cause != null, Throwable::getCause).toList();
        for (Throwable cause : causes) {
            if (cause instanceof RouteFault fault) {
                return Optional.of(fault);
            }
            if (cause instanceof MarkedYamlEngineException yaml) {
                Optional<Mark> mark = yaml.getProblemMark().or(yaml::getContextMark);
                return Optional.of(new RouteFault(mark.map(Mark::getName).orElse("routes"), mark.map(at -> at.getLine() + 1).orElse(null),
                        yaml.getProblem()));
            }
            if (cause instanceof IOException && String.valueOf(cause.getMessage()).startsWith("Resource is empty: ")) {
                return Optional.of(new RouteFault(cause.getMessage().substring("Resource is empty: ".length()), null, "the file is empty"));
            }
            if (cause instanceof FailedToCreateRouteException) {
                return routes.stream().filter(route -> route.getRouteId().equals(((FailedToCreateRouteException) cause).getRouteId())).findFirst()
                        .map(route -> new RouteFault(file(route), line(route, cause.getMessage()), causes.get(causes.size() - 1).getMessage()));
            }
        }
        return Optional.empty();
    }

    /** The line of the step that Camel quotes as {@code >>> step <<<}; where it quotes none, it is the route's from. */
    private static Integer line(RouteDefinition route, String message) {
        return steps(route).filter(step -> message.contains(">>> " + step + " <<<")).findFirst()
                .map(ProcessorDefinition::getLineNumber).orElse(route.getInput().getLineNumber());
    }

    private static <T> T named(CamelContext context, ProcessorDefinition<?> step, String ref, Class<T> type, String kind) {
        T found = context.getRegistry().lookupByNameAndType(ref, type);
        if (found == null) {
            throw new RouteFault(step.getLocation(), step.getLineNumber(), "there is no " + kind + " '" + ref + "'");
        }
        return found;
    }

    private static void checkMethod(BeanDefinition step, Object bean) {
        String method = step.getMethod();
        List<String> methods = Arrays.stream(bean.getClass().getMethods())
                .filter(candidate -> candidate.getDeclaringClass() != Object.class)
                .map(Method::getName).distinct().sorted().toList();
        if (method != null && !method.contains("(") && !methods.contains(method)) {
            throw new RouteFault(step.getLocation(), step.getLineNumber(),
                    "bean '" + step.getRef() + "' has no method '" + method + "'; it has " + String.join(", ", methods));
        }
    }

    private static Stream<ProcessorDefinition<?>> steps(RouteDefinition route) {
        Stream.Builder<ProcessorDefinition<?>> steps = Stream.builder();
        ProcessorDefinitionHelper.filterTypeInOutputs(route.getOutputs(), ProcessorDefinition.class).forEach(steps::add);
        return steps.build();
    }

    private static String file(RouteDefinition route) {
        return route.getInput().getLocation() == null ? "route " + route.getRouteId() : route.getInput().getLocation();
    }

    private static String sentence(String cause) {
        String line = String.valueOf(cause).strip().replaceAll("\\s+", " ");
        return line.endsWith(".") ? line : line + ".";
    }
}
