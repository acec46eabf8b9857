namespace Tandem.Core.Privacy;

/// <summary>A password, key or token. It prints as <c>***</c>; the text is read only by <see cref="Reveal"/>.</summary>
public sealed class Secret(string text)
{
    /// <summary>The secret itself, for the one place that needs it.</summary>
    public string Reveal() => text;

    public override string ToString() => "***";
}
