namespace Tandem.Sip.Resolution;

/// <summary>What a name server is asked (RFC 1035 §4.1.2), class IN.</summary>
/// <param name="Name">The name in the form of <see cref="DnsName"/>: lower case, without the dot at its end.</param>
/// <param name="Type">The type of the records asked for.</param>
public readonly record struct DnsQuestion(string Name, DnsType Type)
{
    public override string ToString() => $"{Name} {Type.ToString().ToUpperInvariant()}";
}
