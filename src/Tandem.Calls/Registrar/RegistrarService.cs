using Tandem.Calls.Events;
using Tandem.Calls.Ports;
using Tandem.Calls.Security;
using Tandem.Calls.Tenants;
using Tandem.Core.Loops;
using Tandem.Core.Time;
using Tandem.Sip.Engine;
using Tandem.Sip.Messages;
using Tandem.Sip.Writing;

namespace Tandem.Calls.Registrar;

/// <summary>
/// The registrar of one shard (RFC 3261 §10.3): takes a REGISTER and answers it. Sans-IO; its timers run on the shard's wheel.
/// It serves the numbers that its shard owns; everybody reads the result in <see cref="RegistrarTable"/>.
/// </summary>
public sealed class RegistrarService
{
    private readonly RegistrarOptions _options;
    private readonly RegistrarTable _table;
    private readonly RequestAuthenticator _authenticator;
    private readonly RegistrarShard _shard;
    private readonly NatKeepAlive _keepAlive;
    private readonly BindingKeeper _keeper;
    private readonly ContactUpdates _updates;
    private readonly RegisterAnswers _answers;

    public RegistrarService(
        RegistrarOptions options, RegistrarTable table, RequestAuthenticator authenticator, IBindingStore store, IEventSink events,
        RegistrarShard shard)
    {
        _options = options;
        _table = table;
        _authenticator = authenticator;
        _shard = shard;
        _keepAlive = new NatKeepAlive(options, shard, table.Shards, Counters);
        _keeper = new BindingKeeper(table, store, events, shard.Wheel, shard.Clock, _keepAlive, Counters);
        _keepAlive.Unreachable = _keeper.GiveUp;
        _keepAlive.Seen = _keeper.Seen;
        _updates = new ContactUpdates(options, shard.Clock);
        _answers = new RegisterAnswers(options, shard.Clock, shard.Random);
        table.Attach(shard.Index, this);
    }

    /// <summary>What this registrar has done.</summary>
    public RegistrarCounters Counters { get; } = new();

    /// <summary>Keep-alives that wait for an answer.</summary>
    public int KeepAlivesInFlight => _keepAlive.InFlight;

    internal TurnQueue Turns => _shard.Turns;

    /// <summary>Handles one REGISTER and returns the response to send. A request is carried out whole or not at all.</summary>
    public SipWriter Handle(SipMessage request, SipFlow flow, Moment now)
    {
        Counters.CountRequest();
        var fault = Examine(request, out var number);
        if (!fault.IsNone)
            return Refuse(request, fault);

        // Step 3. From here on the identity is known.
        var outcome = _authenticator.Check(request, flow, now);
        if (outcome.Response is { } response)
        {
            if (outcome.Kind == AuthenticationKind.Refused)
                Counters.CountRefused();

            return response;
        }

        // Step 4: a phone registers itself and nobody else.
        if (outcome.Extension is not { } extension || extension.Number != number)
            return Refuse(request, new RegisterFault(403));

        var key = new AorKey(extension.Tenant, number);
        var current = _keeper.Find(key);
        if (!request.Has(HeaderName.Contact))
        {
            Counters.CountQuery();
            return _answers.Accept(request, current, isOutbound: false, flow.IsReliable, now);
        }

        fault = _updates.Compute(request, key, current, flow, now);
        if (!fault.IsNone)
            return Refuse(request, fault);

        // As with the contacts of one number, RFC 3261 has no better word for "enough" than 403.
        if (_authenticator.Domains.LimitsOf(key.Tenant).Registrations is var most and > 0 && !HasRoom(key, most, now))
        {
            _authenticator.Domains.LimitReached?.Invoke(key.Tenant, TenantLimit.Registrations, most, now);
            return Refuse(request, new RegisterFault(403, "Too Many Registrations"));
        }

        _keeper.Commit(key, _updates.Changes, now);
        return _answers.Accept(request, _keeper.Find(key), _updates.IsOutbound, flow.IsReliable, now);
    }

    private bool HasRoom(AorKey key, int most, Moment now)
    {
        var more = _updates.Changes.Sum(static change => change.Existing is null ? 1 : change.Next is null ? -1 : 0);
        return more <= 0 || _table.HasRoom(key, more, most, contact => _updates.Changes.Exists(change => change.Next?.Key == contact), now);
    }

    /// <summary>Takes an event of the engine that belongs to a keep-alive, and its message; false for any other event.</summary>
    public bool TakeKeepAlive(in SipEvent e, Moment now) => _keepAlive.Take(e, now);

    /// <summary>
    /// A stream connection ended: the flows on it are over (RFC 5626 §6, §7), other contacts stay and are reached by a new connection
    /// where that is possible.
    /// </summary>
    public void ConnectionLost(long connection, Moment now) => _keeper.ConnectionLost(connection, now);

    internal int Remove(AorKey key, DateTimeOffset at) => _keeper.Remove(key, at);

    /// <summary>Takes over a stored binding; false when its number is no longer one of ours.</summary>
    internal bool Restore(Binding binding, Moment deadline, Moment now)
    {
        if (!_authenticator.Domains.CanHave(binding.Tenant, binding.Number))
            return false;

        _keeper.Restore(binding, deadline, now);
        return true;
    }

    /// <summary>
    /// Step 1, and of steps 4 and 5 what needs no identity: which numbers exist here is no secret, so a wrong number is told
    /// before credentials are asked for. Step 2, Require, is done: the engine answers 420 for every method.
    /// </summary>
    private RegisterFault Examine(SipMessage request, out string number)
    {
        number = "";

        // Step 1: any host is taken for ours; the tenant is the domain.
        if (!SipUriValue.TryParse(request.RequestUri, out var target) || target.Scheme is not (UriScheme.Sip or UriScheme.Sips))
            return new RegisterFault(416);

        // Step 5: the canonical form is the unescaped user part.
        if (!request.TryGetTo(out var to) || !SipUriValue.TryParse(to.Uri, out var toUri)
            || toUri.Scheme is not (UriScheme.Sip or UriScheme.Sips))
            return new RegisterFault(404);

        number = toUri.UserText();
        if (_authenticator.TenantOf(request) is { } tenant && !_authenticator.Domains.CanHave(tenant, number))
            return new RegisterFault(404);

        // A third party would name itself in From (§10.2): refused.
        if (!request.TryGetFrom(out var from) || !(from.Uri.SequenceEqual(to.Uri) || IsUser(from.Uri, number)))
            return new RegisterFault(403, "From And To Differ");

        // The transport brings each number to its shard; a request that came elsewhere must not write there.
        return _table.OwnerOf(number) == _shard.Index ? default : new RegisterFault(500);
    }

    private static bool IsUser(ReadOnlySpan<byte> uri, string number) =>
        SipUriValue.TryParse(uri, out var parsed) && parsed.UserText() == number;

    private SipWriter Refuse(SipMessage request, in RegisterFault fault)
    {
        Counters.CountRefused();
        return _answers.Refuse(request, fault);
    }
}
