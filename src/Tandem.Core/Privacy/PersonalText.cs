namespace Tandem.Core.Privacy;

/// <summary>
/// A number, address or display name of a person. It prints with all but its last two characters hidden;
/// <see cref="Reveal"/> gives the text where it is needed for the work itself.
/// </summary>
public readonly record struct PersonalText(string Text)
{
    /// <summary>When true, <see cref="ToString"/> prints the text as it is. Set once at the start from the LOG_REDACT option.</summary>
    public static bool PrintInFull { get; set; } = true;

    public string Reveal() => Text ?? "";

    public override string ToString() => PrintInFull ? Text ?? "" : Redact(Text);

    /// <summary>The text with all but its last two characters replaced by <c>*</c>; short texts are hidden whole.</summary>
    public static string Redact(string? text)
    {
        if (string.IsNullOrEmpty(text))
            return "";

        return text.Length <= 2 ? new string('*', text.Length) : string.Concat(new string('*', Math.Min(text.Length - 2, 8)), text[^2..]);
    }
}
