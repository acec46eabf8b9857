using Tandem.Calls.Registrar;
using Tandem.Calls.Tenants;
using Tandem.Core.Net;
using Tandem.Sip.Engine;
using Tandem.Storage.Database;

namespace Tandem.Storage.Bindings;

/// <summary>
/// A row of <c>bindings</c>. A phone that moved to another node took the row with it: what the one before still had to write, because the
/// database was away, is older and changes nothing.
/// </summary>
internal sealed class BindingRow : IRow
{
    public const string UpsertSql = """
        INSERT INTO bindings (tenant_id, number, binding_key, contact_uri, transport, local_address, remote_address, path, q, register_call_id,
            register_cseq, expires_seconds, registered_at, expires_at, last_seen_at, registration_count, user_agent, behind_nat, instance, reg_id, node_id)
        VALUES (@tenant, @number, @key, @contact, @transport, @local, @remote, @path, @q, @callId, @cseq, @expires, @registered, @expiresAt,
            @seen, @count, @agent, @nat, @instance, @regId, @node)
        ON CONFLICT (tenant_id, number, binding_key) DO UPDATE SET
            contact_uri = excluded.contact_uri, transport = excluded.transport, local_address = excluded.local_address, remote_address = excluded.remote_address,
            path = excluded.path, q = excluded.q, register_call_id = excluded.register_call_id, register_cseq = excluded.register_cseq,
            expires_seconds = excluded.expires_seconds, registered_at = excluded.registered_at, expires_at = excluded.expires_at,
            last_seen_at = excluded.last_seen_at, registration_count = excluded.registration_count, user_agent = excluded.user_agent,
            behind_nat = excluded.behind_nat, instance = excluded.instance, reg_id = excluded.reg_id, node_id = excluded.node_id
        WHERE bindings.node_id = excluded.node_id OR bindings.last_seen_at <= excluded.last_seen_at
        """;

    // A header value holds no line break, so it separates the elements of a Path.
    private const char PathSeparator = '\n';

    public string TenantId { get; set; } = "";

    public string Number { get; set; } = "";

    public string BindingKey { get; set; } = "";

    public string ContactUri { get; set; } = "";

    public string Transport { get; set; } = "";

    public string LocalAddress { get; set; } = "";

    public string RemoteAddress { get; set; } = "";

    public string Path { get; set; } = "";

    public long Q { get; set; }

    public string RegisterCallId { get; set; } = "";

    public long RegisterCseq { get; set; }

    public long ExpiresSeconds { get; set; }

    public long RegisteredAt { get; set; }

    public long ExpiresAt { get; set; }

    public long LastSeenAt { get; set; }

    public long RegistrationCount { get; set; }

    public string UserAgent { get; set; } = "";

    public long BehindNat { get; set; }

    public string Instance { get; set; } = "";

    public long RegId { get; set; }

    /// <summary>Where it was made or refreshed last; set by who writes.</summary>
    public string NodeId { get; set; } = "";

    public static BindingRow From(Binding binding, string node) => new()
    {
        TenantId = binding.Tenant.Value,
        Number = StoredText.Clean(binding.Number),
        BindingKey = StoredText.Clean(binding.Key),
        ContactUri = StoredText.Clean(binding.ContactUri),
        Transport = binding.Flow.Transport.ToString(),
        LocalAddress = binding.Flow.Local.ToString(),
        RemoteAddress = binding.Flow.Remote.ToString(),
        Path = StoredText.Clean(string.Join(PathSeparator, binding.Path)),
        Q = binding.Q,
        RegisterCallId = StoredText.Clean(binding.RegisterCallId),
        RegisterCseq = binding.RegisterCSeq,
        ExpiresSeconds = binding.ExpiresSeconds,
        RegisteredAt = binding.RegisteredAt.ToStored(),
        ExpiresAt = binding.ExpiresAt.ToStored(),
        LastSeenAt = binding.LastSeen.ToStored(),
        RegistrationCount = binding.RegistrationCount,
        UserAgent = StoredText.Clean(binding.UserAgent),
        BehindNat = binding.BehindNat ? 1 : 0,
        Instance = StoredText.Clean(binding.Instance),
        RegId = binding.RegId,
        NodeId = node,
    };

    /// <summary>
    /// The binding, or null when the row names no usable address. Its flow has no connection: connections do not outlive a
    /// process, so a phone on a stream is reached again when it registers again or accepts a new connection.
    /// </summary>
    public Binding? ToBinding()
    {
        if (!Enum.TryParse<SipTransportKind>(Transport, out var transport) || !TryAddress(RemoteAddress, out var remote))
            return null;

        TryAddress(LocalAddress, out var local);
        return new Binding
        {
            Tenant = new TenantId(TenantId),
            Number = Number,
            ContactUri = ContactUri,
            Flow = new SipFlow(transport, local, remote),
            Path = Path.Length == 0 ? [] : Path.Split(PathSeparator),
            Q = (int)Q,
            RegisterCallId = RegisterCallId,
            RegisterCSeq = (uint)RegisterCseq,
            ExpiresSeconds = (int)ExpiresSeconds,
            RegisteredAt = RegisteredAt.ToTime(),
            ExpiresAt = ExpiresAt.ToTime(),
            LastSeen = LastSeenAt.ToTime(),
            RegistrationCount = (int)RegistrationCount,
            UserAgent = UserAgent,
            BehindNat = BehindNat != 0,
            Instance = Instance,
            RegId = (int)RegId,
        };
    }

    public void Bind(ref RowParameters parameters)
    {
        parameters.Add("tenant", TenantId);
        parameters.Add("number", Number);
        parameters.Add("key", BindingKey);
        parameters.Add("contact", ContactUri);
        parameters.Add("transport", Transport);
        parameters.Add("local", LocalAddress);
        parameters.Add("remote", RemoteAddress);
        parameters.Add("path", Path);
        parameters.Add("q", Q);
        parameters.Add("callId", RegisterCallId);
        parameters.Add("cseq", RegisterCseq);
        parameters.Add("expires", ExpiresSeconds);
        parameters.Add("registered", RegisteredAt);
        parameters.Add("expiresAt", ExpiresAt);
        parameters.Add("seen", LastSeenAt);
        parameters.Add("count", RegistrationCount);
        parameters.Add("agent", UserAgent);
        parameters.Add("nat", BehindNat);
        parameters.Add("instance", Instance);
        parameters.Add("regId", RegId);
        parameters.Add("node", NodeId);
    }

    private static bool TryAddress(string text, out NetAddress address)
    {
        address = default;
        var colon = text.LastIndexOf(':');
        return colon > 0
            && ushort.TryParse(text.AsSpan(colon + 1), System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out var port)
            && NetAddress.TryParse(text.AsSpan(0, colon), port, out address);
    }
}
