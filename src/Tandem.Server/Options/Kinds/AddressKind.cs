using System.Net;
using Tandem.Core.Net;

namespace Tandem.Server.Options.Kinds;

/// <summary>An IP address, as text or as <see cref="IPAddress"/>.</summary>
/// <param name="wildcard">True when <c>0.0.0.0</c> and <c>::</c> are accepted.</param>
public sealed class AddressKind(bool wildcard) : ValueKind
{
    public override string Accepts => wildcard ? "an IP address (0.0.0.0 or :: for all of the machine's)" : "an IP address that phones can reach (not 0.0.0.0)";

    public override bool TryParse(string text, Type target, out object? value)
    {
        value = null;
        if (text == "localhost")
            text = "127.0.0.1";

        if (!NetAddress.TryParse(text, 0, out var address))
            return false;

        if (!wildcard && address.IsUnspecified)
            return false;

        value = target == typeof(IPAddress) ? address.ToIPAddress() : address.HostText();
        return true;
    }

    public override string Format(object? value) => value?.ToString() ?? "";
}
