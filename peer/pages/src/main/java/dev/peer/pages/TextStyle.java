package dev.peer.pages;

import java.util.ArrayList;
import java.util.List;

/** Colours and the like as they are in force in a stream of output, from its SGR sequences. */
final class TextStyle {

  private static final int NONE = -1;
  private static final int BRIGHT = 8;
  private static final int CUBE = 16;
  private static final int GREYS = 232;
  private static final int SIDE = 6;
  private static final int BYTE = 256;

  private int foreground = NONE;
  private int background = NONE;
  private boolean bold;
  private boolean faint;
  private boolean italic;
  private boolean underline;

  /** The names of the classes of the style sheet. */
  String classes() {
    List<String> names = new ArrayList<>();
    if (foreground != NONE) {
      names.add("f" + foreground);
    }
    if (background != NONE) {
      names.add("b" + background);
    }
    if (bold) {
      names.add("bold");
    }
    if (faint) {
      names.add("faint");
    }
    if (italic) {
      names.add("italic");
    }
    if (underline) {
      names.add("underline");
    }
    return String.join(" ", names);
  }

  /**
   * Follows a sequence.
   *
   * @param parameters what stands between {@code ESC [} and {@code m}: digits, {@code ;} and {@code
   *     :}
   */
  void follow(String parameters) {
    String[] codes = parameters.split("[;:]", -1);
    for (int i = 0; i < codes.length; i++) {
      int code = number(codes[i]);
      if ((code == 38 || code == 48) && i + 1 < codes.length) {
        int given = number(codes[i + 1]) == 5 ? 1 : 3;
        if (i + 1 + given < codes.length) {
          set(
              code == 38,
              given == 1
                  ? ofPalette(number(codes[i + 2]))
                  : ofParts(number(codes[i + 2]), number(codes[i + 3]), number(codes[i + 4])));
        }
        i += 1 + given;
      } else {
        follow(code);
      }
    }
  }

  private void follow(int code) {
    switch (code) {
      case 0 -> {
        foreground = NONE;
        background = NONE;
        bold = false;
        faint = false;
        italic = false;
        underline = false;
      }
      case 1 -> bold = true;
      case 2 -> faint = true;
      case 3 -> italic = true;
      case 4 -> underline = true;
      case 22 -> {
        bold = false;
        faint = false;
      }
      case 23 -> italic = false;
      case 24 -> underline = false;
      case 30, 31, 32, 33, 34, 35, 36, 37 -> foreground = code - 30;
      case 39 -> foreground = NONE;
      case 40, 41, 42, 43, 44, 45, 46, 47 -> background = code - 40;
      case 49 -> background = NONE;
      case 90, 91, 92, 93, 94, 95, 96, 97 -> foreground = code - 90 + BRIGHT;
      case 100, 101, 102, 103, 104, 105, 106, 107 -> background = code - 100 + BRIGHT;
      default -> {}
    }
  }

  private void set(boolean text, int colour) {
    if (text) {
      foreground = colour;
    } else {
      background = colour;
    }
  }

  /** One of the 16 named colours that is near a colour of the 256. */
  private static int ofPalette(int index) {
    if (index < CUBE) {
      return Math.max(0, index);
    }
    if (index >= GREYS) {
      return index < GREYS + 8 ? BRIGHT : index < GREYS + 16 ? 7 : 15;
    }
    int cube = index - CUBE;
    int step = BYTE / SIDE;
    return ofParts(cube / (SIDE * SIDE) * step, cube / SIDE % SIDE * step, cube % SIDE * step);
  }

  private static int ofParts(int red, int green, int blue) {
    int highest = Math.max(red, Math.max(green, blue));
    int half = Math.max(1, highest / 2);
    int colour = (red > half ? 1 : 0) + (green > half ? 2 : 0) + (blue > half ? 4 : 0);
    return highest < BYTE / 4 ? 0 : highest >= BYTE * 3 / 4 ? colour + BRIGHT : colour;
  }

  /** An omitted number is 0; one that is too long is no code. */
  private static int number(String digits) {
    return digits.isEmpty() ? 0 : digits.length() > 3 ? NONE : Integer.parseInt(digits);
  }
}
