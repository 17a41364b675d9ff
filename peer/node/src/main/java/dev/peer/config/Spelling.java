package dev.peer.config;

import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;

/** Finds the word that somebody meant who misspelled it. */
public final class Spelling {

  private Spelling() {}

  /**
   * The known word nearest to the misspelled one; empty if none is near. A missing, extra or wrong
   * character is one mistake, and so are two swapped ones. A word of up to six characters may have
   * one mistake, a longer one two.
   */
  public static Optional<String> nearest(String word, Collection<String> known) {
    int most = word.length() <= 6 ? 1 : 2;
    return known.stream()
        .filter(candidate -> mistakes(word, candidate) <= most)
        .min(Comparator.comparingInt(candidate -> mistakes(word, candidate)));
  }

  /** The distance of Damerau and Levenshtein, in which no part is edited twice. */
  private static int mistakes(String word, String known) {
    int[][] distances = new int[word.length() + 1][known.length() + 1];
    for (int i = 0; i <= word.length(); i++) {
      for (int j = 0; j <= known.length(); j++) {
        distances[i][j] = Math.max(i, j);
        if (i > 0 && j > 0) {
          int change = word.charAt(i - 1) == known.charAt(j - 1) ? 0 : 1;
          distances[i][j] =
              Math.min(
                  distances[i - 1][j - 1] + change,
                  1 + Math.min(distances[i - 1][j], distances[i][j - 1]));
        }
        if (i > 1 && j > 1 && swapped(word, i, known, j)) {
          distances[i][j] = Math.min(distances[i][j], 1 + distances[i - 2][j - 2]);
        }
      }
    }
    return distances[word.length()][known.length()];
  }

  private static boolean swapped(String word, int i, String known, int j) {
    return word.charAt(i - 1) == known.charAt(j - 2) && word.charAt(i - 2) == known.charAt(j - 1);
  }
}
