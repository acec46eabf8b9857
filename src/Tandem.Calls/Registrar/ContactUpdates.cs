using System.Text;
using Tandem.Core.Time;
using Tandem.Sip.Engine;
using Tandem.Sip.Messages;

namespace Tandem.Calls.Registrar;

/// <summary>
/// Works out what a REGISTER changes (RFC 3261 §10.3 steps 6 and 7) without changing anything: either a fault, or the list of
/// all changes. One instance serves a shard, one request at a time.
/// </summary>
internal sealed class ContactUpdates(RegistrarOptions options, IWallClock clock)
{
    /// <summary>What RFC 3261 §10.2.1.1 and §20.19 read into a malformed Expires value.</summary>
    private const uint MalformedExpires = 3_600;

    /// <summary>An interval of an hour or more is never too brief (§10.3 step 7).</summary>
    private const uint NeverTooBrief = 3_600;

    private readonly List<string> _path = [];
    private readonly OutboundRules _outbound = new(options);

    /// <summary>True when the last <see cref="Compute"/> honoured a reg-id of a client that supports outbound.</summary>
    public bool IsOutbound => _outbound.IsHonoured;

    /// <summary>The changes that the last <see cref="Compute"/> found; to be used before the next one.</summary>
    public List<BindingChange> Changes { get; } = [];

    /// <param name="request">A REGISTER with at least one Contact field.</param>
    /// <param name="key">Its address-of-record.</param>
    /// <param name="current">The bindings there are; null when there is none.</param>
    /// <param name="flow">Where it came from.</param>
    /// <param name="now">The time.</param>
    public RegisterFault Compute(SipMessage request, AorKey key, AddressOfRecord? current, SipFlow flow, Moment now)
    {
        Changes.Clear();
        var callId = request.CallId;
        if (callId.Length > options.MaxCallIdBytes)
            return new RegisterFault(400, "Call-ID Too Long");

        var pathFault = ReadPath(request);
        if (!pathFault.IsNone)
            return pathFault;

        var outboundFault = _outbound.Begin(request, _path);
        if (!outboundFault.IsNone)
            return outboundFault;

        var contacts = 0;
        var wildcard = false;
        foreach (var element in request.Values(HeaderName.Contact))
        {
            contacts++;
            wildcard |= element.SequenceEqual("*"u8);
        }

        if (wildcard)
            return contacts == 1 ? RemoveAll(request, current) : new RegisterFault(400, "Contact * Not Alone");

        if (contacts == 0)
            return new RegisterFault(400, "Empty Contact");

        var source = new Source(request, flow, ReadExpiresHeader(request), now, clock.ToUtc(now));
        foreach (var element in request.Values(HeaderName.Contact))
        {
            if (!ContactValue.TryParse(element, out var contact))
                return new RegisterFault(400, "Bad Contact");

            var fault = Add(contact, key, current, source);
            if (!fault.IsNone)
                return fault;
        }

        return CountAfter(current) > options.MaxContacts ? new RegisterFault(403, "Too Many Contacts") : default;
    }

    /// <summary>Step 6: <c>Contact: *</c> removes every binding, provided that it comes with <c>Expires: 0</c>.</summary>
    private RegisterFault RemoveAll(SipMessage request, AddressOfRecord? current)
    {
        if (request.Expires != 0)
            return new RegisterFault(400, "Contact * Needs Expires 0");

        if (current is null)
            return default;

        foreach (var entry in current.Entries)
        {
            if (IsOutOfOrder(entry.Binding, request))
                return OutOfOrder();

            Changes.Add(new BindingChange(entry, null, [], default));
        }

        return default;
    }

    /// <summary>Step 7 for one contact.</summary>
    private RegisterFault Add(in ContactValue contact, AorKey key, AddressOfRecord? current, in Source source)
    {
        if (contact.Uri.Length > options.MaxContactUriBytes)
            return new RegisterFault(400, "Contact Too Long");

        if (!SipUriValue.TryParse(contact.Uri, out var uri) || uri.Scheme is not (UriScheme.Sip or UriScheme.Sips) || uri.Host.IsEmpty)
            return new RegisterFault(400, "Contact Is Not A SIP URI");

        if (uri.Scheme == UriScheme.Sips && !IsSipsAllThrough(source.Request))
            return new RegisterFault(400, "SIPS Contact Needs SIPS All Through");

        var requested = RequestedSeconds(contact, source);
        if (requested > 0 && requested < NeverTooBrief && requested < (uint)options.MinExpiresSeconds)
            return new RegisterFault(423, MinExpires: options.MinExpiresSeconds);

        var fault = _outbound.Read(contact, out var instance, out var regId);
        if (!fault.IsNone)
            return fault;

        var existing = Find(current, contact.Uri, instance, regId);
        if (existing is not null && IsOutOfOrder(existing.Binding, source.Request))
            return OutOfOrder();

        // The same contact twice in one request: the later one counts.
        var position = FindChange(contact.Uri, instance, regId, existing);
        if (requested == 0)
        {
            if (regId == 0)
                RemoveFlowsOf(contact.Uri, current);
            if (existing is not null)
                Put(position, new BindingChange(existing, null, [], default));
            else if (position >= 0)
                Changes.RemoveAt(position);

            return default;
        }

        var seconds = (int)Math.Min(requested, (uint)options.MaxExpiresSeconds);
        var bytes = existing is not null && contact.Uri.SequenceEqual(existing.Uri) ? existing.Uri : contact.Uri.ToArray();
        var next = Build(contact, uri, bytes, key, existing, source, seconds, instance, regId);
        if (existing is null && position < 0)
            ReplaceOtherKind(next, current);

        Put(position, new BindingChange(existing, next, bytes, source.Now + TimeSpan.FromSeconds(seconds)));
        return default;
    }

    /// <summary>RFC 5630 §5.2: a sips: contact is bound only by a request for a sips: URI whose Path is sips: as well.</summary>
    private bool IsSipsAllThrough(SipMessage request)
    {
        foreach (var entry in _path)
        {
            if (!NameAddrValue.TryParse(Encoding.UTF8.GetBytes(entry), out var value) || !SipTargets.IsSips(value.Uri))
                return false;
        }

        return SipTargets.IsSips(request.RequestUri);
    }

    private Binding Build(
        in ContactValue contact, in SipUriValue uri, byte[] bytes, AorKey key, BindingEntry? existing, in Source source, int seconds,
        ReadOnlySpan<byte> instance, int regId)
    {
        var old = existing?.Binding;
        return new Binding
        {
            Tenant = key.Tenant,
            Number = key.Number,
            ContactUri = old is not null && ReferenceEquals(bytes, existing!.Uri) ? old.ContactUri : Encoding.UTF8.GetString(bytes),
            Flow = source.Flow,
            Path = _path.Count == 0 ? [] : _path.ToArray(),
            Instance = instance.IsEmpty ? "" : Keep(old?.Instance, instance),
            RegId = regId,
            Q = contact.Q >= 0 ? contact.Q : 1_000,
            RegisterCallId = Keep(old?.RegisterCallId, source.Request.CallId),
            RegisterCSeq = source.Request.CSeq,
            ExpiresSeconds = seconds,
            RegisteredAt = old?.RegisteredAt ?? source.UtcNow,
            ExpiresAt = source.UtcNow + TimeSpan.FromSeconds(seconds),
            LastSeen = source.UtcNow,
            RegistrationCount = (old?.RegistrationCount ?? 0) + 1,
            UserAgent = ReadUserAgent(source.Request, old?.UserAgent),
            BehindNat = _path.Count == 0 && NatDetector.IsBehindNat(uri, source.Flow),
        };
    }

    /// <summary>The expires parameter, else the Expires header, else the default (§10.3 step 7).</summary>
    private uint RequestedSeconds(in ContactValue contact, in Source source)
    {
        if (contact.TryGetParam("expires"u8, out _))
            return contact.Expires ?? MalformedExpires;

        return source.ExpiresHeader ?? (uint)options.DefaultExpiresSeconds;
    }

    private static uint? ReadExpiresHeader(SipMessage request) =>
        request.Has(HeaderName.Expires) ? request.Expires ?? MalformedExpires : null;

    /// <summary>True when this request is not newer than the one that made the binding (steps 6 and 7).</summary>
    private static bool IsOutOfOrder(Binding binding, SipMessage request) =>
        request.CSeq <= binding.RegisterCSeq && Same(binding.RegisterCallId, request.CallId);

    private static RegisterFault OutOfOrder() => new(500, "CSeq Out Of Order");

    // RFC 5626 §6: a flow is known by instance and reg-id whatever its URI; any other contact by its URI (RFC 3261 §19.1.4).
    private static BindingEntry? Find(AddressOfRecord? current, ReadOnlySpan<byte> uri, ReadOnlySpan<byte> instance, int regId)
    {
        if (current is null)
            return null;

        foreach (var entry in current.Entries)
        {
            if (IsThis(entry.Binding, entry.Uri, uri, instance, regId))
                return entry;
        }

        return null;
    }

    private static bool IsThis(Binding binding, byte[] bindingUri, ReadOnlySpan<byte> uri, ReadOnlySpan<byte> instance, int regId) =>
        binding.RegId == regId
        && (regId > 0 ? InstanceId.Equals(binding.Instance, instance) : uri.SequenceEqual(bindingUri) || SipUriComparer.Equals(uri, bindingUri));

    private int FindChange(ReadOnlySpan<byte> uri, ReadOnlySpan<byte> instance, int regId, BindingEntry? existing)
    {
        for (var i = 0; i < Changes.Count; i++)
        {
            var change = Changes[i];
            if (existing is not null ? ReferenceEquals(change.Existing, existing) : change.Next is { } next && IsThis(next, change.Uri, uri, instance, regId))
                return i;
        }

        return -1;
    }

    // §6: a contact can be removed by its URI alone, and flows of one phone may share theirs.
    private void RemoveFlowsOf(ReadOnlySpan<byte> uri, AddressOfRecord? current)
    {
        foreach (var entry in current?.Entries ?? [])
        {
            if (entry.Binding.IsOutbound && SipUriComparer.Equals(uri, entry.Uri) && !IsChanged(entry))
                Changes.Add(new BindingChange(entry, null, [], default));
        }
    }

    // A phone that begins or ceases to use outbound leaves its contact of the other kind behind: it would ring twice.
    private void ReplaceOtherKind(Binding next, AddressOfRecord? current)
    {
        foreach (var entry in current?.Entries ?? [])
        {
            var other = entry.Binding;
            if (other.IsOutbound != next.IsOutbound && other.ContactUri == next.ContactUri && other.IsSameDevice(next) && !IsChanged(entry))
                Changes.Add(new BindingChange(entry, null, [], default));
        }
    }

    private bool IsChanged(BindingEntry entry)
    {
        foreach (var change in Changes)
        {
            if (ReferenceEquals(change.Existing, entry))
                return true;
        }

        return false;
    }

    private void Put(int position, in BindingChange change)
    {
        if (position >= 0)
            Changes[position] = change;
        else
            Changes.Add(change);
    }

    private int CountAfter(AddressOfRecord? current)
    {
        var count = current?.Entries.Count ?? 0;
        var grows = false;
        foreach (var change in Changes)
        {
            if (change.Existing is null)
            {
                count++;
                grows = true;
            }
            else if (change.Next is null)
            {
                count--;
            }
        }

        // A refresh never fails because the limit was lowered since.
        return grows ? count : 0;
    }

    /// <summary>RFC 3327 §5.3.</summary>
    private RegisterFault ReadPath(SipMessage request)
    {
        _path.Clear();
        if (!request.Has(HeaderName.Path))
            return default;

        if (options.PathNeedsSupport && !request.HasOption(HeaderName.Supported, "path"u8))
            return new RegisterFault(420, Unsupported: "path");

        foreach (var element in request.Values(HeaderName.Path))
        {
            if (_path.Count == options.MaxPathEntries)
                return new RegisterFault(400, "Path Too Long");

            if (element.IndexOf((byte)'<') < 0 || !NameAddrValue.TryParse(element, out var entry)
                || !SipUriValue.TryParse(entry.Uri, out var uri) || uri.Scheme is not (UriScheme.Sip or UriScheme.Sips))
                return new RegisterFault(400, "Bad Path");

            _path.Add(Encoding.UTF8.GetString(element));
        }

        return default;
    }

    private string ReadUserAgent(SipMessage request, string? old)
    {
        if (!request.TryGetHeader(HeaderName.UserAgent, out var text))
            return "";

        return Keep(old, text.Length > options.MaxUserAgentLength ? text[..options.MaxUserAgentLength] : text);
    }

    /// <summary>The old string when it says the same, so that a refresh keeps one copy.</summary>
    private static string Keep(string? old, ReadOnlySpan<byte> text) => old is not null && Same(old, text) ? old : Encoding.UTF8.GetString(text);

    private static bool Same(string text, ReadOnlySpan<byte> bytes) => Ascii.Equals(bytes, text) || Encoding.UTF8.GetString(bytes) == text;

    /// <summary>What every contact of a request shares.</summary>
    private readonly ref struct Source(SipMessage request, SipFlow flow, uint? expiresHeader, Moment now, DateTimeOffset utcNow)
    {
        public SipMessage Request { get; } = request;

        public SipFlow Flow { get; } = flow;

        public uint? ExpiresHeader { get; } = expiresHeader;

        public Moment Now { get; } = now;

        public DateTimeOffset UtcNow { get; } = utcNow;
    }
}
