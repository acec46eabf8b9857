namespace Tandem.Calls.Trunks;

/// <summary>The key of a <see cref="SipProfile"/>: letters and digits, unique in an installation.</summary>
public readonly record struct ProfileId(string Value)
{
    public override string ToString() => Value;
}
