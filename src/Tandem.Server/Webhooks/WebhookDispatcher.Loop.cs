using System.Collections.Frozen;
using Tandem.Calls.Tenants;
using Tandem.Storage.Webhooks;

namespace Tandem.Server.Webhooks;

/// <summary>The thread that works the database.</summary>
public sealed partial class WebhookDispatcher
{
    // No tenant has more than this part of all deliveries at once.
    private const int TenantShare = 4;

    private void Loop()
    {
        while (!_stopping)
        {
            TimeSpan pause;
            try
            {
                pause = Turn();
                if (_isAway)
                    _warn("the database answers again: events are delivered", null);
                _isAway = false;
            }
            catch (Exception e)
            {
                // Whatever it was: nothing is lost, for everything is in the database, and this thread must not end.
                if (!_isAway)
                    _warn("events are not delivered now; they wait", e);
                _isAway = true;
                pause = AfterFailure;
            }

            if (!_stopping)
                _wake.WaitOne(pause);
        }

        try
        {
            SaveResults(_time.GetUtcNow());
            if (_isLeader)
                _storage.Leases.Release(LeaseName);
        }
        catch (Exception e)
        {
            _warn("the outcome of the last deliveries could not be written: they are made once more after the next start", e);
        }
    }

    // One round; returns how long nothing is to be done unless somebody wakes the thread.
    private TimeSpan Turn()
    {
        var now = _time.GetUtcNow();
        if (_refresh || now >= _pollAt)
        {
            _refresh = false;
            _pollAt = now + _options.PollInterval;
            Refresh();
        }

        HoldLease(now);
        if (!_isLeader)
            return _options.PollInterval;

        if (now >= _upkeepAt)
        {
            KeepUp(now);
            _upkeepAt = now + Upkeep;
        }

        SaveResults(now);
        TakeTouched(now);
        var more = Relay(now);
        Send(now);
        return more || _refresh ? TimeSpan.Zero : Pause(now);
    }

    private void Refresh()
    {
        if (_storage.WebhookQueue.ReadWebhooks(_version) is not { } read)
            return;

        _byTenant = read.Webhooks.GroupBy(webhook => webhook.Tenant).ToFrozenDictionary(group => group.Key, group => group.ToArray());
        foreach (var gone in _lanes.Keys.Except(read.Webhooks.Select(webhook => webhook.Id)).ToList())
        {
            if (_lanes.Remove(gone, out var lane))
                LetGo(lane.Webhook.Tenant, lane.InFlight.Count);
        }

        foreach (var webhook in read.Webhooks)
        {
            if (_lanes.TryGetValue(webhook.Id, out var lane))
                lane.Webhook = webhook;
            else
                _lanes.Add(webhook.Id, lane = new WebhookLane(webhook));

            // It may have been enabled, or got another URL: what waits is looked at.
            lane.LookAt = DateTimeOffset.MinValue;
        }

        _version = read.Version;
    }

    private void HoldLease(DateTimeOffset now)
    {
        if (now < _leaseAt)
            return;

        var before = _isLeader;
        _isLeader = false;
        _isLeader = _storage.Leases.TryHold(LeaseName, now, LeaseTime);
        _leaseAt = now + LeaseRenewal;
        if (_isLeader && !before)
            _upkeepAt = now;
    }

    private void KeepUp(DateTimeOffset now)
    {
        var queue = _storage.WebhookQueue;
        queue.Mend(now);
        while (queue.Purge(DeliveryState.Delivered, now - _options.KeepDelivered, PurgeBatch) == PurgeBatch && !_stopping)
        {
        }

        while (queue.Purge(DeliveryState.Dead, now - _options.KeepDead, PurgeBatch) == PurgeBatch && !_stopping)
        {
        }

        var waiting = queue.Waiting();
        foreach (var (id, lane) in _lanes)
        {
            lane.Waiting = waiting.GetValueOrDefault(id);
            lane.LookAt = DateTimeOffset.MinValue;
        }

        Interlocked.Exchange(ref _waiting, waiting.Values.Sum());
        var length = queue.OutboxLength(_options.OutboxLimit);
        Interlocked.Exchange(ref _outboxLength, length);
        _storage.Outbox.IsFull = length >= _options.OutboxLimit;
    }

    private void SaveResults(DateTimeOffset now)
    {
        while (_results.TryDequeue(out var result))
            _unsaved.Add(result);
        if (_unsaved.Count == 0)
            return;

        _storage.WebhookQueue.Finish(_unsaved, now);
        foreach (var result in _unsaved)
        {
            if (!_lanes.TryGetValue(result.Delivery.WebhookId, out var lane))
                continue;

            if (lane.InFlight.Remove(result.Delivery.Id))
                LetGo(lane.Webhook.Tenant, 1);
            lane.LookAt = DateTimeOffset.MinValue;
            if (result.State == DeliveryState.Pending)
                continue;

            lane.Waiting--;
            Interlocked.Decrement(ref _waiting);
        }

        _unsaved.Clear();
    }

    private void LetGo(TenantId tenant, int count)
    {
        var left = _inFlightOf.GetValueOrDefault(tenant) - count;
        if (left > 0)
            _inFlightOf[tenant] = left;
        else
            _inFlightOf.Remove(tenant);
    }

    private void TakeTouched(DateTimeOffset now)
    {
        var any = false;
        while (_touched.TryDequeue(out var id))
        {
            any = true;
            if (_lanes.TryGetValue(id, out var lane))
                lane.LookAt = DateTimeOffset.MinValue;
        }

        // What is replayed waits in the order of its call until the first is let go.
        if (any)
            _storage.WebhookQueue.Mend(now);
    }

    // True when the outbox holds more.
    private bool Relay(DateTimeOffset now)
    {
        for (var i = 0; i < RelaysPerTurn; i++)
        {
            // Without a webhook they need not even be read.
            var taken = _byTenant.Count == 0 ? _storage.WebhookQueue.Discard(RelayBatch) : _storage.WebhookQueue.Relay(Refresh, Takers, Queued, now, RelayBatch);
            if (taken < RelayBatch)
                return false;
        }

        return true;
    }

    private List<Webhook> Takers(TenantId tenant, string type)
    {
        var takers = new List<Webhook>();
        foreach (var webhook in _byTenant.GetValueOrDefault(tenant, []))
        {
            if (!webhook.Enabled || !webhook.Takes(type))
                continue;

            if (_lanes.TryGetValue(webhook.Id, out var lane) && lane.Waiting >= _options.QueueLimit)
                Interlocked.Increment(ref _dropped);
            else
                takers.Add(webhook);
        }

        return takers;
    }

    private void Queued(string webhook)
    {
        Interlocked.Increment(ref _waiting);
        if (!_lanes.TryGetValue(webhook, out var lane))
            return;

        lane.Waiting++;
        lane.LookAt = DateTimeOffset.MinValue;
    }

    // Each turn begins with another webhook, so that those in front do not take all that is free.
    private void Send(DateTimeOffset now)
    {
        if (_lanes.Count == 0)
            return;

        var lanes = _lanes.Values.ToArray();
        _turns = (_turns + 1) % lanes.Length;
        for (var i = 0; i < lanes.Length; i++)
        {
            var lane = lanes[(_turns + i) % lanes.Length];
            if (lane.Webhook.Enabled && lane.LookAt is { } lookAt && lookAt <= now)
                Send(lane, now);
        }
    }

    private void Send(WebhookLane lane, DateTimeOffset now)
    {
        var ofTenant = _inFlightOf.GetValueOrDefault(lane.Webhook.Tenant);
        var free = Math.Min(
            _options.Concurrency - lane.InFlight.Count,
            Math.Min(_options.TotalConcurrency - Volatile.Read(ref _inFlight), Math.Max(1, _options.TotalConcurrency / TenantShare) - ofTenant));
        if (free <= 0)
            return;

        // Those under way are still due in the table; they are read along and passed over.
        var asked = free + lane.InFlight.Count;
        var due = _storage.WebhookQueue.Due(lane.Webhook.Id, now, asked);

        // What is due now may have been made after a change of its webhook, as a test of its new secret: the change is read first, in the turn that it has asked for.
        if (_refresh)
        {
            lane.LookAt = DateTimeOffset.MinValue;
            return;
        }

        foreach (var delivery in due)
        {
            if (free == 0 || !lane.InFlight.Add(delivery.Id))
                continue;

            free--;
            _inFlightOf[lane.Webhook.Tenant] = ++ofTenant;
            Interlocked.Increment(ref _inFlight);
            _ = AttemptAsync(lane.Webhook, delivery);
        }

        if (due.Count < asked)
            lane.LookAt = _storage.WebhookQueue.NextDue(lane.Webhook.Id, now);
    }

    // Until the next retry, but not longer than the poll for what other nodes did.
    private TimeSpan Pause(DateTimeOffset now)
    {
        var pause = _options.PollInterval;
        foreach (var lane in _lanes.Values)
        {
            if (lane.LookAt is { } at && at > now && at - now < pause)
                pause = at - now;
        }

        return pause;
    }
}
