package io.calcamel;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Fails a test class of whose hubs a log, an error or a metric has a secret or somebody's address in it: for all test classes. */
public final class LeakExtension implements AfterAllCallback {

    @Override
    public void afterAll(ExtensionContext context) {
        assertThat(LeakWatch.found()).as("secrets and personal data where none belong").isEmpty();
    }
}
