using System.Text;

namespace Tandem.Media.Playback.Speech;

/// <summary>What may be spoken: plain text. What a program could take for a command of its own does not reach it.</summary>
internal static class SpeechText
{
    /// <summary>
    /// The text in one line, with single spaces; null with a reason when there is nothing to say or too much. Control characters (espeak-ng knows some), and the brackets and angles
    /// of its phonemes and mark-up, become spaces.
    /// </summary>
    public static string? Clean(string text, int maxCharacters, out string error)
    {
        error = "";
        if (text.Length > maxCharacters)
        {
            error = $"the text has {text.Length} characters; at most {maxCharacters} are spoken";
            return null;
        }

        var clean = new StringBuilder(text.Length);
        var isSpeakable = false;
        foreach (var rune in text.EnumerateRunes())
        {
            if (Rune.IsControl(rune) || Rune.IsWhiteSpace(rune) || rune == Rune.ReplacementChar || rune.Value is '[' or ']' or '<' or '>' or '{' or '}' or '|' or '`')
            {
                if (clean.Length > 0 && clean[^1] != ' ')
                    clean.Append(' ');
                continue;
            }

            isSpeakable |= Rune.IsLetterOrDigit(rune);
            clean.Append(rune.ToString());
        }

        if (isSpeakable)
            return clean.ToString().TrimEnd();

        error = "the text has nothing that can be spoken";
        return null;
    }
}
