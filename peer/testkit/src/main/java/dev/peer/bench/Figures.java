package dev.peer.bench;

import java.util.Arrays;
import java.util.Locale;

/** Prints what was measured, each figure beside its goal where it has one. */
public final class Figures {

  private static final String LINE = "  %-52s %12s %-6s %s%n";

  private Figures() {}

  /** A figure without a goal. */
  public static void print(String what, double figure, String unit) {
    System.out.printf(LINE, what, text(figure), unit, "");
  }

  /** A figure that is good up to the goal. */
  public static void printAtMost(String what, double figure, String unit, double goal) {
    print(what, figure, unit, "at most", goal, figure <= goal);
  }

  /** A figure that is good from the goal on. */
  public static void printAtLeast(String what, double figure, String unit, double goal) {
    print(what, figure, unit, "at least", goal, figure >= goal);
  }

  private static void print(
      String what, double figure, String unit, String side, double goal, boolean met) {
    String beside = "goal: " + side + " " + text(goal) + (met ? ", met" : ", MISSED");
    System.out.printf(LINE, what, text(figure), unit, beside);
  }

  /** What so large a part of the samples is not above; sorts them. */
  public static double quantile(long[] samples, double part) {
    Arrays.sort(samples);
    return samples[Math.min((int) (part * samples.length), samples.length - 1)];
  }

  private static String text(double figure) {
    return String.format(
        Locale.ROOT, figure >= 100 || figure == Math.rint(figure) ? "%.0f" : "%.2f", figure);
  }
}
