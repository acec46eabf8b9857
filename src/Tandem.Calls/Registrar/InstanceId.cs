using System.Text;

namespace Tandem.Calls.Registrar;

/// <summary>
/// The value of <c>+sip.instance</c> (RFC 5626 §4.1): a URN in angle brackets that names one device for good. It is kept as the phone
/// wrote it and compared as a URN: "urn:" and the scheme without case, a UUID without case, any other name as it stands (RFC 2141 §5).
/// </summary>
internal static class InstanceId
{
    private const string Start = "<urn:";

    private const string Uuid = "<urn:uuid:";

    /// <summary>Reads the inside of the quoted parameter; false when it is no URN in brackets, or could not be written back in quotes.</summary>
    public static bool IsValid(ReadOnlySpan<byte> value)
    {
        if (value.Length <= Start.Length + 1 || value[^1] != '>' || !Ascii.EqualsIgnoreCase(value[..Start.Length], Start))
            return false;

        foreach (var b in value[1..^1])
        {
            if (b is <= (byte)' ' or >= 0x7F or (byte)'"' or (byte)'\\' or (byte)'<' or (byte)'>')
                return false;
        }

        return true;
    }

    /// <summary>True when both name the same device.</summary>
    public static bool Equals(string instance, ReadOnlySpan<byte> other)
    {
        if (instance.Length != other.Length || instance.Length == 0)
            return false;

        var prefix = CaselessLength(instance);
        return Ascii.EqualsIgnoreCase(other[..prefix], instance.AsSpan(0, prefix)) && Ascii.Equals(other[prefix..], instance.AsSpan(prefix));
    }

    /// <inheritdoc cref="Equals(string, ReadOnlySpan{byte})"/>
    public static bool Equals(string instance, string other)
    {
        if (instance.Length != other.Length || instance.Length == 0)
            return false;

        var prefix = CaselessLength(instance);
        return instance.AsSpan(0, prefix).Equals(other.AsSpan(0, prefix), StringComparison.OrdinalIgnoreCase)
            && instance.AsSpan(prefix).SequenceEqual(other.AsSpan(prefix));
    }

    /// <summary>The form in which equal instances are the same text.</summary>
    public static string Canonical(string instance)
    {
        var prefix = CaselessLength(instance);
        return string.Concat(instance[..prefix].ToLowerInvariant(), instance.AsSpan(prefix));
    }

    // How much of it is compared without case.
    private static int CaselessLength(string instance)
    {
        if (instance.StartsWith(Uuid, StringComparison.OrdinalIgnoreCase))
            return instance.Length;

        var colon = instance.Length > Start.Length ? instance.IndexOf(':', Start.Length) : -1;
        return colon < 0 ? 0 : colon;
    }
}
