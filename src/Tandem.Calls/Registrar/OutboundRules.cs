using Tandem.Sip.Messages;

namespace Tandem.Calls.Registrar;

/// <summary>
/// What RFC 5626 §6 asks of a registrar: whether outbound processing applies to a REGISTER, and what its contacts say of it.
/// One instance serves a shard, one request at a time.
/// </summary>
internal sealed class OutboundRules(RegistrarOptions options)
{
    // No phone has more flows than that, and reg-id of the wire goes up to 2^31 - 1.
    private const int MaxRegId = int.MaxValue;

    private bool _applies;
    private bool _isAskedFor;

    /// <summary>True when the answer carries <c>Require: outbound</c>: a reg-id was honoured and the client supports it.</summary>
    public bool IsHonoured { get; private set; }

    /// <summary>Reads what belongs to the request as a whole, and checks its contacts against each other.</summary>
    /// <param name="request">The REGISTER.</param>
    /// <param name="path">Its Path vector, topmost first.</param>
    public RegisterFault Begin(SipMessage request, List<string> path)
    {
        IsHonoured = false;
        _isAskedFor = request.HasOption(HeaderName.Supported, "outbound"u8) || request.HasOption(HeaderName.Require, "outbound"u8);

        // Each hop puts its own entry on top (RFC 3327 §5.2): the first hop's is the last.
        _applies = IsFirstHop(request) || (path.Count > 0 && HasOb(path[^1]));
        var living = 0;
        var hasRegId = false;
        foreach (var element in request.Values(HeaderName.Contact))
        {
            if (!ContactValue.TryParse(element, out var contact) || contact.IsStar || !HasRegId(contact))
                continue;

            if (!_applies && _isAskedFor)
                return new RegisterFault(439);

            hasRegId = _applies;
        }

        if (!hasRegId)
            return default;

        foreach (var element in request.Values(HeaderName.Contact))
        {
            if (ContactValue.TryParse(element, out var contact) && (contact.Expires ?? request.Expires ?? 1) > 0)
                living++;
        }

        // A flow is one contact: nobody could say over which of several requests should go.
        return living > 1 ? new RegisterFault(400, "More Than One Contact With Reg-Id") : default;
    }

    /// <summary>
    /// Reads instance and reg-id of one contact. Instance is empty when there is none that can be used; reg-id is 0 unless the binding
    /// is one of outbound.
    /// </summary>
    public RegisterFault Read(in ContactValue contact, out ReadOnlySpan<byte> instance, out int regId)
    {
        regId = 0;
        if (!contact.TryGetParam("+sip.instance"u8, out instance) || !InstanceId.IsValid(instance))
        {
            // A reg-id without an instance is ignored (§6).
            instance = default;
            return default;
        }

        if (instance.Length > options.MaxInstanceBytes)
            return new RegisterFault(400, "Instance Too Long");

        if (!_applies || !contact.TryGetParam("reg-id"u8, out var text))
            return default;

        if (!SipText.TryParseNumber(text, MaxRegId, out var number) || number == 0)
            return new RegisterFault(400, "Bad Reg-Id");

        regId = (int)number;
        IsHonoured = _isAskedFor;
        return default;
    }

    private static bool HasRegId(in ContactValue contact) =>
        contact.TryGetParam("reg-id"u8, out _) && contact.TryGetParam("+sip.instance"u8, out var instance) && InstanceId.IsValid(instance);

    private static bool IsFirstHop(SipMessage request)
    {
        var hops = request.Values(HeaderName.Via, 2);
        return !(hops.MoveNext() && hops.MoveNext());
    }

    private static bool HasOb(string path)
    {
        Span<byte> bytes = path.Length <= 512 ? stackalloc byte[path.Length * 3] : new byte[path.Length * 3];
        var length = System.Text.Encoding.UTF8.GetBytes(path, bytes);
        return NameAddrValue.TryParse(bytes[..length], out var entry) && SipUriValue.TryParse(entry.Uri, out var uri) && uri.TryGetParam("ob"u8, out _);
    }
}
