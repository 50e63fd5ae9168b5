package io.calcamel;

import java.io.File;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import org.apache.camel.CamelContext;
import org.apache.camel.RoutesBuilder;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.model.ModelCamelContext;
import org.apache.camel.model.RouteDefinition;
import org.apache.camel.spi.Resource;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.RouteWatcherReloadStrategy;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads a route file again when it is saved. A file that can't become a route is reported in one line, and the route
 * before the edit goes on serving; Camel alone would report a stack trace, and would have taken the old route away where
 * the new one names a bean or an endpoint that is not there.
 */
final class RouteReload extends RouteWatcherReloadStrategy {

    private static final Logger LOG = LoggerFactory.getLogger(RouteReload.class);

    private static final long REPEAT_AFTER_NANOS = 1_000_000_000L;

    private String lastFault;
    private long lastReport;

    /** @param folder the folder of route files, with its subfolders */
    RouteReload(Path folder) {
        super(folder.toString(), true);
        setPattern("*.camel.yaml");
        setRemoveAllRoutes(false);
    }

    @Override
    protected void onRouteReload(Collection<Resource> resources, boolean removeEverything) {
        if (resources == null || resources.stream().anyMatch(RouteReload::isBeingSaved)) {
            return;
        }
        List<RouteDefinition> edited = new ArrayList<>();
        List<RouteDefinition> serving = new ArrayList<>();
        try {
            edited.addAll(read(resources));
            edited.forEach(route -> RouteFault.check(getCamelContext(), route));
            edited.stream().map(route -> model().getRouteDefinition(route.getRouteId())).filter(Objects::nonNull).forEach(serving::add);
            super.onRouteReload(resources, removeEverything);
        } catch (Exception failure) {
            serving.forEach(this::restore);
            if (resources.stream().noneMatch(RouteReload::isBeingSaved)) {
                report(RouteFault.in(failure, edited).map(Throwable::getMessage).orElseGet(failure::toString));
            }
        }
    }

    /** Saving once can be told twice. */
    private void report(String fault) {
        if (!fault.equals(lastFault) || System.nanoTime() - lastReport > REPEAT_AFTER_NANOS) {
            LOG.error("{} The route goes on as it was before the edit.", fault);
        }
        lastFault = fault;
        lastReport = System.nanoTime();
    }

    /** Editors empty a file before they fill it; that it is filled is told too. */
    private static boolean isBeingSaved(Resource resource) {
        return new File(resource.getURI()).length() == 0;
    }

    private List<RouteDefinition> read(Collection<Resource> resources) throws Exception {
        CamelContext context = getCamelContext();
        List<RouteDefinition> routes = new ArrayList<>();
        for (RoutesBuilder builder : PluginHelper.getRoutesLoader(context).findRoutesBuilders(resources)) {
            if (builder instanceof RouteBuilder routeBuilder) {
                routes.addAll(routeBuilder.configureRoutes(context).getRoutes());
            }
        }
        return routes;
    }

    private void restore(RouteDefinition route) {
        if (getCamelContext().getRoute(route.getRouteId()) == null) {
            try {
                model().addRouteDefinition(route);
            } catch (Exception e) {
                LOG.error("Route {} could not be put back; mend the file and save it", route.getRouteId(), e);
            }
        }
    }

    private ModelCamelContext model() {
        return (ModelCamelContext) getCamelContext();
    }
}
