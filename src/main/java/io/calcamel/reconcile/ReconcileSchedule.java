package io.calcamel.reconcile;

import io.calcamel.http.Problem;
import io.calcamel.reconcile.ReconcileRequest.Cause;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadPoolExecutor;
import org.apache.camel.Body;
import org.apache.camel.Exchange;

/** When companies are reconciled without anybody asking: bean {@code reconcileSchedule}. */
public final class ReconcileSchedule {

    private final DueReconciles dueReconciles;
    private final ReconciledCompanies companies;
    private final ReconcileSteps steps;
    private final ReconcileSettings settings;
    private final WebhooksMissed missed;
    private final ThreadPoolExecutor threads;
    /** Those that were reconciled since this hub started. */
    private final Set<Integer> begun = ConcurrentHashMap.newKeySet();
    /** Null until the hub works. */
    private volatile Instant begins;

    ReconcileSchedule(DueReconciles dueReconciles, ReconciledCompanies companies, ReconcileSteps steps, ReconcileSettings settings, WebhooksMissed missed,
            ThreadPoolExecutor threads) {
        this.dueReconciles = dueReconciles;
        this.companies = companies;
        this.steps = steps;
        this.settings = settings;
        this.missed = missed;
        this.threads = threads;
    }

    /**
     * Claims the companies whose turn it is, as many as can be reconciled now: no other node gets them.
     *
     * @return the turns
     */
    public List<Object> due() {
        if (begins == null) {
            return List.of();
        }
        List<Integer> connected = companies.connected();
        missed.show(connected.stream().map(companies::slug).toList());
        int room = settings.atOnce() - threads.getActiveCount() - threads.getQueue().size();
        if (room <= 0 || steps.isStopping() || Instant.now().isBefore(begins)) {
            return List.of();
        }
        return List.copyOf(dueReconciles.claim(connected, room));
    }

    /**
     * Begins the run of a company whose turn it is.
     *
     * @param exchange the company's
     * @param due      the turn
     * @return whether a run has begun: not while another one of the company is under way, which may look less far
     */
    public boolean begin(Exchange exchange, @Body Object due) {
        DueReconciles.Due turn = (DueReconciles.Due) due;
        if (steps.isStopping()) {
            return false;
        }
        try {
            return steps.begin(exchange, turn, begun.contains(turn.company()) ? Cause.SCHEDULE : Cause.START);
        } catch (Problem running) {
            dueReconciles.again(turn.company(), turn.scope());
            return false;
        } finally {
            begun.add(turn.company());
        }
    }

    void start() {
        missed.show(companies.connected().stream().map(companies::slug).toList());
        if (settings.atStart()) {
            dueReconciles.allNow();
        }
        begins = settings.atStart() ? Instant.now() : Instant.now().plus(settings.every());
    }
}
