namespace Tandem.Server.Options.Kinds;

/// <summary>How the text of a setting becomes a value, and how to tell people what is accepted.</summary>
public abstract class ValueKind
{
    /// <summary>What is accepted, as it stands in an error line: <c>a whole number from 1 to 65535</c>.</summary>
    public abstract string Accepts { get; }

    /// <summary>The unit of a bare number; empty when there is none.</summary>
    public virtual string Unit => "";

    /// <summary>Turns text into a value for a property of type <paramref name="target"/>; false when it is not accepted.</summary>
    public abstract bool TryParse(string text, Type target, out object? value);

    /// <summary>The text that would give <paramref name="value"/>; empty for null.</summary>
    public abstract string Format(object? value);
}
