package io.calcamel.reconcile;

import io.calcamel.appointment.Appointments;
import io.calcamel.attention.Matter;
import io.calcamel.database.Database;
import java.util.Collection;
import java.util.Set;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import org.apache.camel.CamelContext;
import org.apache.camel.spi.Registry;

/**
 * The face of this module: Cal.com's bookings against our appointments. Cal.com sends each webhook once, so what was not
 * taken in is never heard of again unless somebody asks. What is done is in {@code routes/reconcile}.
 */
public final class Reconcile {

    private final ReconcileSchedule schedule;
    private final ReconcileSteps steps;

    private Reconcile(ReconcileSchedule schedule, ReconcileSteps steps) {
        this.schedule = schedule;
        this.steps = steps;
    }

    /**
     * Binds the beans of the routes in {@code routes/reconcile}.
     *
     * @param context           the Camel context
     * @param database          where the runs are
     * @param appointments      what is compared
     * @param companies         whose bookings they are
     * @param settings          the settings
     * @param deliveriesWaiting tells of which of a company's bookings deliveries came in that are still to be applied
     * @param attention         told of what a person has to look at
     * @return the module
     */
    public static Reconcile start(CamelContext context, Database database, Appointments appointments, ReconciledCompanies companies, ReconcileSettings settings,
            BiFunction<Integer, Collection<String>, Set<String>> deliveriesWaiting, Consumer<Matter> attention) {
        WebhooksMissed missed = new WebhooksMissed(context);
        DueReconciles dueReconciles = new DueReconciles(database.client(), settings);
        ReconcileSteps steps = new ReconcileSteps(new ReconcileRuns(database.locks(), database.client()), dueReconciles, appointments.comparison(settings.grace()),
                companies, settings, deliveriesWaiting, missed, attention);
        ThreadPoolExecutor threads = (ThreadPoolExecutor) context.getExecutorServiceManager().newFixedThreadPool(steps, "reconcile", settings.atOnce());
        ReconcileSchedule schedule = new ReconcileSchedule(dueReconciles, companies, steps, settings, missed, threads);
        Registry registry = context.getRegistry();
        registry.bind("reconcile", steps);
        registry.bind("reconcileSchedule", schedule);
        registry.bind("reconcileThreads", threads);
        return new Reconcile(schedule, steps);
    }

    /** Begins, once the routes are there. */
    public void work() {
        schedule.start();
    }

    /** The hub will stop: runs end where they are. Called before Cal.com can no longer be asked. */
    public void expectRest() {
        steps.expectStop();
    }
}
