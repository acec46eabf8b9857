using System.Globalization;
using System.Text;
using Tandem.Calls.Calls;
using Tandem.Calls.Events;
using Tandem.Calls.Registrar;
using Tandem.Calls.Tenants;
using Tandem.Cluster.Bindings;
using Tandem.Cluster.Cache;
using Tandem.Cluster.Nodes;
using Tandem.Cluster.Redis;
using Tandem.Cluster.Resp;

namespace Tandem.Cluster;

/// <summary>What this node tells: what happens, and all that it has when a connection is made.</summary>
public sealed partial class ClusterNode
{
    // Between the two messages all is told; who hears both knows that nothing else is there, as who finds the key does.
    private async Task TellWholeAsync(long connection)
    {
        var (isWhole, id, missed) = (LocalOf is not null, Guid.NewGuid().ToString("N"), Interlocked.Read(ref _missed));
        Say(RedisCommand.Of("DEL", ToldPrefix + _node));
        TellSelf();
        if (isWhole)
            Say(Command("PUBLISH", Channel, new SharedTelling(_node, id, IsDone: false).ToJson()));
        await TellBindingsAsync();
        if (isWhole)
            await VisitAsync(AorPrefix, RemoveLeftAsync);
        await DropOutdatedAsync();
        await TellCallsAsync();
        await _client.AskAsync(RedisCommand.Of("PING"), _stop.Token);

        // What was posted before a connection broke may be lost: the next one tells it.
        if (connection != Interlocked.Read(ref _connections))
            return;

        if (isWhole && Interlocked.Read(ref _missed) == missed)
        {
            Say(Command("SET", ToldPrefix + _node, "1"u8.ToArray(), "PX"u8.ToArray(), Milliseconds(_options.NodeLifetime)));
            Say(Command("PUBLISH", Channel, new SharedTelling(_node, id, IsDone: true).ToJson()));
        }

        if (Interlocked.Read(ref _missed) != missed)
            throw new RedisException("more was to be told at once than may wait");
    }

    private async Task TellBindingsAsync()
    {
        var told = 0;
        foreach (var binding in Local?.Invoke() ?? [])
        {
            lock (_saying)
            {
                if (LocalOf is null)
                    Tell(binding, isGone: false);
                else if (Current(binding.Tenant, binding.Number, binding.Key) is { } current)
                    Tell(current, isGone: false);
            }

            if (++told % _portion == 0)
                await _client.AskAsync(RedisCommand.Of("PING"), _stop.Token);
        }
    }

    // The fields of this node that it does not have any more.
    private async Task RemoveLeftAsync(RespValue key)
    {
        var name = key.Text.AsSpan(AorPrefix.Length);
        if (name.IndexOf(':') is not (> 0 and var colon))
            return;

        var (tenant, number) = (new TenantId(name[..colon].ToString()), name[(colon + 1)..].ToString());
        var fields = await _client.AskAsync(new RedisCommand(["HKEYS"u8.ToArray(), key.Bytes]), _stop.Token);
        var own = _node + "|";
        foreach (var field in fields.Items)
        {
            var text = field.Text;
            if (!text.StartsWith(own, StringComparison.Ordinal))
                continue;

            lock (_saying)
            {
                if (Current(tenant, number, text[own.Length..]) is not null)
                    continue;

                Say(new RedisCommand(["HDEL"u8.ToArray(), key.Bytes, field.Bytes]));
                Say(Command("PUBLISH", Channel, SharedBinding.Gone(_node, tenant.Value, number, text[own.Length..]).ToJson()));
            }
        }
    }

    private async Task TellCallsAsync()
    {
        if (CallOf is null)
            return;

        var told = 0;
        foreach (var call in Calls?.Invoke() ?? [])
        {
            lock (_saying)
            {
                if (Live(call.Id) is { } live)
                    TellCall(live, _time.GetUtcNow());
            }

            if (++told % _portion == 0)
                await _client.AskAsync(RedisCommand.Of("PING"), _stop.Token);
        }

        await VisitPagesAsync(cursor => RedisCommand.Of("SSCAN", CallsPrefix + _node, cursor, "COUNT", ScanCount), member => EndLeftAsync(member.Text));
    }

    // A call that ended while Redis was away, or with an earlier run of this node.
    private async Task EndLeftAsync(string member)
    {
        var (call, id) = member.Split('|') is [var first, var second] ? (new CallId(first), second) : (new CallId(member), member);
        if (Live(call) is not null)
            return;

        var session = await _client.AskAsync(RedisCommand.Of("GET", CallDocuments.SessionKey(id)), _stop.Token);
        lock (_saying)
        {
            // The member goes last: while it is there, the rest is done by the next attempt.
            if (CallDocuments.Ended(session.Bytes.Span, _time.GetUtcNow()) is { } ended)
                Set(CallDocuments.SessionKey(id), ended);
            Forget(member, id);
        }
    }

    private Binding? Current(TenantId tenant, string number, string key)
    {
        foreach (var binding in LocalOf!(tenant, number))
        {
            if (!binding.IsLost && binding.Key == key)
                return binding;
        }

        return null;
    }

    private CallSnapshot? Live(CallId id) => CallOf!(id) is { State: < CallState.Terminated } live ? live : null;

    // Under _saying, as all that follow.
    private void Tell(ExchangeEvent happened)
    {
        switch (happened)
        {
            case RegistrationEvent registration:
                Tell(registration.Binding, registration.Change is not (RegistrationChange.Registered or RegistrationChange.Refreshed));
                break;
            case CallEnded ended:
                Forget(Member(ended.Call), CallDocuments.IdOf(ended.Call));
                Set(CallDocuments.SessionKey(CallDocuments.IdOf(ended.Call)), CallDocuments.Session(ended.Call, ended.At, isActive: false));
                break;
            case CallEvent call:
                TellCall(call.Call, call.At);
                break;
        }
    }

    private void TellCall(CallSnapshot call, DateTimeOffset at)
    {
        var id = CallDocuments.IdOf(call);
        Set(CallDocuments.CallKey(id), CallDocuments.Call(call, at));
        Set(CallDocuments.SessionKey(id), CallDocuments.Session(call, at, isActive: true));
        Say(RedisCommand.Of("SADD", CallsPrefix + _node, Member(call)));
        Say(Command("EXPIRE", CallsPrefix + _node, _callLifetime));
    }

    private void Forget(string member, string id)
    {
        Say(Command("DEL", CallDocuments.CallKey(id)));
        Say(RedisCommand.Of("SREM", CallsPrefix + _node, member));
    }

    // What the exchange calls it, and what its keys are called.
    private static string Member(CallSnapshot call) => $"{call.Id.Value}|{CallDocuments.IdOf(call)}";

    private void Set(string key, byte[] value) => Say(Command("SET", key, value, "EX"u8.ToArray(), _callLifetime));

    private void Tell(Binding binding, bool isGone)
    {
        var shared = SharedBinding.From(_node, binding, isGone || binding.IsLost, RouteTo?.Invoke(binding));
        var key = AorKey(shared);
        var json = shared.ToJson();
        var field = Encoding.UTF8.GetBytes(shared.Field);
        if (shared.ExpiresAt == 0)
        {
            Say(Command("HDEL", key, field));
        }
        else
        {
            // The hash lives as long as the longest binding in it; what has expired before is passed over by who reads it.
            var end = Encoding.ASCII.GetBytes(shared.ExpiresAt.ToString(CultureInfo.InvariantCulture));
            Say(Command("HSET", key, field, json));
            Say(Command("PEXPIREAT", key, end, "NX"u8.ToArray()));
            Say(Command("PEXPIREAT", key, end, "GT"u8.ToArray()));
        }

        Say(Command("PUBLISH", Channel, json));
    }

    private void TellSelf()
    {
        if (!IsConnected)
            return;

        Say(Command("PEXPIRE", ToldPrefix + _node, Milliseconds(_options.NodeLifetime)));
        if (Address.Port == 0)
            return;

        var self = new SharedNode(_node, Address.ToString()).ToJson();
        Say(Command("SET", NodePrefix + _node, self, "PX"u8.ToArray(), Milliseconds(_options.NodeLifetime)));
        Say(Command("PUBLISH", Channel, self));
    }

    private static byte[] Milliseconds(TimeSpan time) => Encoding.ASCII.GetBytes(((long)time.TotalMilliseconds).ToString(CultureInfo.InvariantCulture));
}
