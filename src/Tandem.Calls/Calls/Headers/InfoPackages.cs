using System.Text;
using Tandem.Sip.Messages;

namespace Tandem.Calls.Calls.Headers;

/// <summary>
/// The INFO packages that a phone takes (RFC 6086 §4.2): its Recv-Info, which the other phone is told. Trickled candidates (RFC 8840 §10) are none of them: ICE of each phone
/// ends with us, and whom they named would be called past us.
/// </summary>
internal sealed class InfoPackages
{
    private const string TrickleIce = "trickle-ice";
    private const int MostPackages = 16;
    private const int MostLength = 64;

    private readonly string[] _names;

    private InfoPackages(string[] names)
    {
        _names = names;
        HeaderValue = string.Join(", ", names);
    }

    /// <summary>The value of Recv-Info; empty for a phone that knows packages and takes none.</summary>
    public string HeaderValue { get; }

    /// <summary>Reads Recv-Info, names only. Null for a message without one: what was said before goes on (RFC 6086 §5.2.2).</summary>
    public static InfoPackages? Of(SipMessage message)
    {
        if (!message.Has(HeaderName.RecvInfo))
            return null;

        var names = new List<string>();
        foreach (var value in message.Values(HeaderName.RecvInfo, MostPackages))
        {
            var name = NameOf(value);
            if (SipText.IsToken(name) && name.Length <= MostLength && !Ascii.EqualsIgnoreCase(name, TrickleIce))
                names.Add(Encoding.ASCII.GetString(name));
        }

        return new InfoPackages([.. names]);
    }

    /// <summary>The package of an INFO; empty for one in the old style (RFC 2976).</summary>
    public static ReadOnlySpan<byte> PackageOf(SipMessage info) => info.TryGetHeader(HeaderName.InfoPackage, out var value) ? NameOf(value) : default;

    /// <summary>
    /// An INFO with candidates that were found later (RFC 8840 §10.9). It is accepted here and goes no further: who is ice-lite learns addresses from signed checks and needs no names
    /// of them (RFC 8445 §7.3.1.3).
    /// </summary>
    public static bool IsTrickle(SipMessage request) => request.Method == SipMethod.Info && Ascii.EqualsIgnoreCase(PackageOf(request), TrickleIce);

    public bool Takes(ReadOnlySpan<byte> package)
    {
        foreach (var name in _names)
        {
            if (Ascii.EqualsIgnoreCase(package, name))
                return true;
        }

        return false;
    }

    private static ReadOnlySpan<byte> NameOf(ReadOnlySpan<byte> value)
    {
        var end = value.IndexOf((byte)';');
        return SipText.Trim(end < 0 ? value : value[..end]);
    }
}
