namespace Tandem.Server.Options.Kinds;

/// <summary>On or off.</summary>
public sealed class SwitchKind : ValueKind
{
    public static readonly SwitchKind Instance = new();

    public override string Accepts => "true or false (also 1/0, yes/no, on/off)";

    public override bool TryParse(string text, Type target, out object? value)
    {
        bool? parsed = text.ToLowerInvariant() switch
        {
            "true" or "1" or "yes" or "on" => true,
            "false" or "0" or "no" or "off" => false,
            _ => null,
        };
        value = parsed;
        return parsed is not null;
    }

    public override string Format(object? value) => value is true ? "true" : "false";
}
