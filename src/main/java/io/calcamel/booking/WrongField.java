package io.calcamel.booking;

import java.util.List;

/**
 * An answer that is missing or wrong.
 *
 * @param slug     the field, as {@code responses} names it
 * @param label    what a person is asked
 * @param type     Cal.com's type of the field
 * @param required whether there must be an answer
 * @param options  what can be answered; empty where anything of the type can
 * @param problem  what is wrong and what would be right, as the end of a sentence that begins with the field
 */
record WrongField(String slug, String label, String type, boolean required, List<String> options, String problem) {
}
