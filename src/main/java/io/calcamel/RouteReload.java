package io.calcamel;

import java.lang.reflect.Method;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.camel.CamelContext;
import org.apache.camel.Processor;
import org.apache.camel.RoutesBuilder;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.model.BeanDefinition;
import org.apache.camel.model.ModelCamelContext;
import org.apache.camel.model.ProcessDefinition;
import org.apache.camel.model.ProcessorDefinition;
import org.apache.camel.model.ProcessorDefinitionHelper;
import org.apache.camel.model.RouteDefinition;
import org.apache.camel.spi.Resource;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.RouteWatcherReloadStrategy;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;

/**
 * Reads a route file again when it is saved. A file that can't become a route is reported in one line (file, line and
 * cause), and the route before the edit goes on serving; Camel alone would report a stack trace, and would have taken
 * the old route away where the new one names a bean or an endpoint that is not there.
 */
final class RouteReload extends RouteWatcherReloadStrategy {

    private static final Logger LOG = LoggerFactory.getLogger(RouteReload.class);

    /** @param folder the folder of route files, with its subfolders */
    RouteReload(Path folder) {
        super(folder.toString(), true);
        setPattern("*.camel.yaml");
        setRemoveAllRoutes(false);
    }

    @Override
    protected void onRouteReload(Collection<Resource> resources, boolean removeEverything) {
        if (resources == null) {
            return;
        }
        ModelCamelContext model = (ModelCamelContext) getCamelContext();
        List<RouteDefinition> edited = new ArrayList<>();
        List<RouteDefinition> serving = List.of();
        try {
            edited.addAll(parse(resources));
            edited.forEach(this::check);
            serving = edited.stream().map(route -> model.getRouteDefinition(route.getRouteId())).filter(route -> route != null).toList();
            super.onRouteReload(resources, removeEverything);
        } catch (Exception failure) {
            LOG.error("{}: {} The route goes on as it was before the edit.", place(resources, failure, edited), cause(failure));
            serving.forEach(this::restore);
        }
    }

    /** A fault in a route file, at a line that is known. */
    private static final class RouteFault extends RuntimeException {

        private final int line;

        RouteFault(int line, String message) {
            super(message, null, false, false);
            this.line = line;
        }
    }

    private List<RouteDefinition> parse(Collection<Resource> resources) throws Exception {
        CamelContext context = getCamelContext();
        List<RouteDefinition> routes = new ArrayList<>();
        for (RoutesBuilder builder : PluginHelper.getRoutesLoader(context).findRoutesBuilders(resources)) {
            if (builder instanceof RouteBuilder routeBuilder) {
                routes.addAll(routeBuilder.configureRoutes(context).getRoutes());
            }
        }
        return routes;
    }

    /** Finds what Camel would notice too late: when the old route is gone already, or when the first message comes. */
    private void check(RouteDefinition route) {
        steps(route).forEach(step -> {
            if (step instanceof ProcessDefinition process && process.getRef() != null) {
                named(step, process.getRef(), Processor.class);
            } else if (step instanceof BeanDefinition bean && bean.getRef() != null) {
                checkMethod(bean, named(step, bean.getRef(), Object.class));
            }
        });
    }

    private <T> T named(ProcessorDefinition<?> step, String ref, Class<T> type) {
        T found = getCamelContext().getRegistry().lookupByNameAndType(ref, type);
        if (found == null) {
            throw new RouteFault(step.getLineNumber(), "there is no " + (type == Processor.class ? "processor" : "bean") + " '" + ref + "'.");
        }
        return found;
    }

    private static void checkMethod(BeanDefinition step, Object bean) {
        String method = step.getMethod();
        List<String> methods = Arrays.stream(bean.getClass().getMethods())
                .filter(candidate -> candidate.getDeclaringClass() != Object.class).map(Method::getName).distinct().sorted().toList();
        if (method != null && !method.contains("(") && !methods.contains(method)) {
            throw new RouteFault(step.getLineNumber(), "bean '" + step.getRef() + "' has no method '" + method + "'; it has "
                    + String.join(", ", methods) + ".");
        }
    }

    private void restore(RouteDefinition route) {
        CamelContext context = getCamelContext();
        if (context.getRoute(route.getRouteId()) == null) {
            try {
                ((ModelCamelContext) context).addRouteDefinition(route);
            } catch (Exception e) {
                LOG.error("Route {} could not be put back; mend the file and save it", route.getRouteId(), e);
            }
        }
    }

    private static Stream<ProcessorDefinition<?>> steps(RouteDefinition route) {
        Stream.Builder<ProcessorDefinition<?>> steps = Stream.builder();
        ProcessorDefinitionHelper.filterTypeInOutputs(route.getOutputs(), ProcessorDefinition.class).forEach(steps::add);
        return steps.build();
    }

    private static String place(Collection<Resource> resources, Exception failure, List<RouteDefinition> edited) {
        String file = resources.stream().map(resource -> resource.getLocation().replaceFirst("^file:", "")).findFirst().orElse("routes");
        return file + line(failure, edited).map(line -> ", line " + line).orElse("");
    }

    private static Optional<Integer> line(Exception failure, List<RouteDefinition> edited) {
        if (failure instanceof RouteFault fault) {
            return Optional.of(fault.line);
        }
        Optional<MarkedYamlEngineException> yaml = yamlFault(failure);
        if (yaml.isPresent()) {
            return yaml.get().getProblemMark().or(yaml.get()::getContextMark).map(mark -> mark.getLine() + 1);
        }
        // Camel quotes the step as >>> step <<<; where it quotes none, it is the route's from.
        return causes(failure)
                .map(Throwable::getMessage)
                .filter(message -> message != null && message.contains(">>>"))
                .flatMap(message -> edited.stream().flatMap(RouteReload::steps)
                        .filter(step -> message.contains(">>> " + step + " <<<"))
                        .map(ProcessorDefinition::getLineNumber))
                .findFirst()
                .or(() -> edited.stream().findFirst().map(route -> route.getInput().getLineNumber()));
    }

    private static String cause(Exception failure) {
        String text = yamlFault(failure).map(MarkedYamlEngineException::getProblem)
                .orElseGet(() -> causes(failure).reduce((outer, inner) -> inner).orElse(failure).getMessage());
        String line = String.valueOf(text).strip().replaceAll("\\s+", " ");
        return line.endsWith(".") ? line : line + ".";
    }

    private static Optional<MarkedYamlEngineException> yamlFault(Exception failure) {
        return causes(failure).filter(MarkedYamlEngineException.class::isInstance).map(MarkedYamlEngineException.class::cast).findFirst();
    }

    private static Stream<Throwable> causes(Throwable failure) {
        return Stream.iterate(failure, cause -> cause != null, Throwable::getCause);
    }
}
