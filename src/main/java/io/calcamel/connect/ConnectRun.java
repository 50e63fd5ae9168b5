package io.calcamel.connect;

import io.calcamel.calcom.Account;
import io.calcamel.calcom.CalcomException;
import io.calcamel.calcom.Connection;
import io.calcamel.calcom.Team;
import io.calcamel.company.Company;
import io.calcamel.company.CompanyFields;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** How far connecting a company is: variable {@code connect} of the routes in {@code routes/company}. */
final class ConnectRun {

    final String slug;
    final CompanyFields fields;
    final List<Step> steps = new ArrayList<>();
    /** What the key was refused with, by address. */
    final Map<String, CalcomException> refusals = new LinkedHashMap<>();
    Account account;
    Connection connection;
    List<Team> teams = List.of();
    Company company;
    /** Triggers that are still to be tried, the fullest first. */
    List<Set<String>> triggers = List.of();
    boolean isSubscribing;
    int tries;
    String subscriptionOutcome;
    boolean isAwaitingSync;
    int looks;
    List<String> wasWrong = List.of();

    ConnectRun(String slug, CompanyFields fields) {
        this.slug = slug;
        this.fields = fields;
    }

    void add(Step step) {
        steps.add(step);
    }
}
