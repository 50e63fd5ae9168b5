package io.calcamel.cli;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Rows under one another, each column as wide as its widest value. */
final class Table {

    private final List<List<String>> rows = new ArrayList<>();

    Table row(Object... values) {
        rows.add(Arrays.stream(values).map(value -> oneLine(String.valueOf(value))).toList());
        return this;
    }

    void print(PrintStream to) {
        for (List<String> row : rows) {
            StringBuilder line = new StringBuilder();
            for (int column = 0; column < row.size(); column++) {
                line.append(column == 0 ? "" : "  ").append(row.get(column)).append(" ".repeat(width(column) - row.get(column).length()));
            }
            to.println(line.toString().stripTrailing());
        }
    }

    private int width(int column) {
        return rows.stream().filter(row -> row.size() > column).mapToInt(row -> row.get(column).length()).max().orElse(0);
    }

    /** A control character in somebody's title must not reach the terminal. */
    private static String oneLine(String text) {
        return text.replaceAll("\\p{Cntrl}+", " ");
    }
}
