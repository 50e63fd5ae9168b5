package io.calcamel.company;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A company as the API shows it. */
final class CompanyJson {

    private CompanyJson() {
    }

    /** Tells that there is a key and when a secret signed last, and neither the key nor the secret. */
    static Map<String, Object> of(CompanyStore.Row row, Company company, List<CompanyStore.SecretRow> secrets) {
        CalcomAccess calcom = company.calcom();
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("id", row.id());
        json.put("slug", row.slug());
        json.put("name", row.name());
        json.put("setBy", row.id() == Company.DEFAULT_ID ? "environment" : "api");
        json.put("hasApiKey", company.isConnected());
        json.put("baseUrl", calcom.baseUrl());
        json.put("apiVersion", calcom.apiVersion());
        json.put("teamId", calcom.teamId());
        json.put("teamSlug", calcom.teamSlug());
        json.put("organizationId", calcom.organizationId());
        json.put("timeZone", row.timeZone());
        json.put("language", row.language());
        json.put("webhookSecrets", company.webhookSecrets().stream().map(secret -> secret(secret, secrets)).toList());
        json.put("createdAt", row.createdAt());
        json.put("updatedAt", row.updatedAt());
        return json;
    }

    private static Map<String, Object> secret(WebhookSecret secret, List<CompanyStore.SecretRow> rows) {
        CompanyStore.SecretRow row = rows.stream().filter(one -> one.fingerprint().equals(secret.fingerprint())).findFirst().orElse(null);
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("fingerprint", secret.fingerprint());
        json.put("createdAt", row == null || !secret.isStored() ? null : row.createdAt());
        json.put("lastSignedAt", row == null ? null : row.lastSignedAt());
        return json;
    }
}
