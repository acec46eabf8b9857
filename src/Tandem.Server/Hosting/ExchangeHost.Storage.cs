using Serilog.Events;
using Tandem.Calls.Ivr;
using Tandem.Calls.Recording;
using Tandem.Calls.Tenants;
using Tandem.Calls.Voicemail;
using Tandem.Media.Playback;
using Tandem.Media.Recording;
using Tandem.Server.Ivr;
using Tandem.Server.Logging;
using Tandem.Server.Otlp;
using Tandem.Server.Webhooks;
using Tandem.Storage;
using Tandem.Storage.Audit;
using Tandem.Storage.Ivr;
using Tandem.Storage.Writing;
using ILogger = Serilog.ILogger;

namespace Tandem.Server.Hosting;

/// <summary>What is kept: the database, recordings, webhooks, and what looks after them.</summary>
public sealed partial class ExchangeHost
{
    private async Task<TandemStorage> OpenStorageAsync(CancellationToken cancellation)
    {
        var server = _log.ForContext("component", LogComponents.Server);
        var storage = TandemStorage.OpenForServing(_options.Storage, _time, new FlowReading(_options.Ivr, text => server.Error("{What:l}", text)));
        _undo.Push(storage.DisposeAsync);
        var log = _log.ForContext("component", LogComponents.Storage);
        storage.Writer.Notice = (notice, text) => log.Write(
            notice == StorageNotice.DatabaseBack ? Serilog.Events.LogEventLevel.Information : Serilog.Events.LogEventLevel.Error, "{Notice:l}", text);

        var recovered = await storage.Journal.RecoverAsync(cancellation);
        if (recovered > 0)
            log.Warning("{Calls} calls were open when the exchange ended last time: their records are written now", recovered);

        var created = await storage.Extensions.EnsureRangeAsync(
            TenantId.Default, _options.Calls.FirstExtension, _options.Calls.LastExtension, _options.Server.AuthSecret, cancellation);
        if (created > 0)
            log.Information("{Extensions} extensions were created", created);

        foreach (var lost in await storage.Queues.TakeLostNumbersAsync(cancellation))
            log.Warning("Queue {Queue} of tenant {Tenant} has no number any more: {Number} is that of queue {Kept}", lost.Queue, lost.Tenant.Value, lost.Number, lost.KeptBy);
        foreach (var (tenant, queue, number) in await storage.Queues.HiddenExtensionsAsync(cancellation))
            log.Warning("Nobody can dial extension {Number} of tenant {Tenant}: queue {Queue} has the same number", number, tenant.Value, queue);
        foreach (var tenant in storage.TenantDirectory.All)
        {
            foreach (var number in storage.TollPolicies.Of(tenant.Id).AlwaysAllowed.Where(number => storage.Directory.Find(tenant.Id, number) is not null))
                log.Warning("Nobody can dial extension {Number} of tenant {Tenant}: it is a number for help, which is what who dials it gets", number, tenant.Id.Value);
        }

        return storage;
    }

    private async Task<RecordingKeeper> OpenRecordingsAsync(TandemStorage storage, WaitingMessages waiting, CancellationToken cancellation)
    {
        var log = _log.ForContext("component", LogComponents.Storage);
        await storage.RecordingKeys.LoadAsync(cancellation);
        if (storage.RecordingKeys.Unreadable > 0)
            log.Warning("{Keys} keys of recordings were made with another master key: those recordings cannot be read", storage.RecordingKeys.Unreadable);

        foreach (var tenant in storage.TenantDirectory.All)
            await storage.RecordingKeys.EnsureAsync(tenant.Id, cancellation);
        storage.TenantDirectory.Changed = tenant => _ = PrepareAsync(storage, tenant, log);
        var recordings = new RecordingKeeper(
            new RecordingEngine(_options.Media.Recording), storage.Recordings, storage.RecordingKeys, _options.Recordings, _options.Server.DataDirectory, _time,
            (text, e) => log.Warning(e, "{What:l}", text))
        {
            Expired = entry => storage.Audit.Write(new AuditEntry(
                entry.Tenant, "retention", "", "", "", "recording.expired", entry.Id, $"{entry.CallerNumber} to {entry.CalleeNumber}, begun {entry.StartedAt:O}")),
            IsWaiting = waiting.Has,
        };
        _undo.Push(recordings.DisposeAsync);
        var recovered = await recordings.RecoverAsync([.. storage.TenantDirectory.All.Select(tenant => tenant.Id)], cancellation);
        if (recovered > 0)
            log.Warning("{Recordings} recordings were being made when the exchange ended last time: they are finished now", recovered);

        return recordings;
    }

    private IvrServices OpenIvr(TandemStorage storage, OtlpExport? otlp)
    {
        var web = new IvrWeb(_options.Ivr, new WebhookTargets(_options.Webhooks.AllowPrivate), storage.IvrDirectory, storage.Ivr, _time) { Asked = otlp is null ? null : otlp.Asked };
        Undo(web.Dispose);
        return new IvrServices { Flows = storage.IvrDirectory, Web = web, Options = _options.Ivr };
    }

    /// <summary>Counts what tenants have stored: recordings in the database, sounds on the disk.</summary>
    internal static TenantStorage StorageOf(TandemStorage storage, SoundLibrary sounds, TimeProvider time) => new(
        storage.TenantDirectory, async (tenant, cancellation) => await storage.Recordings.BytesAsync(tenant, cancellation) + sounds.Store.Bytes(tenant.Value), time);

    private WebhookDispatcher StartUpkeep(TandemStorage storage)
    {
        var log = _log.ForContext("component", LogComponents.Storage);
        var sender = new WebhookSender(_options.Webhooks, _time);
        Undo(sender.Dispose);
        var webhooks = new WebhookDispatcher(_options.Webhooks, storage, sender, _time, (text, e) => log.Warning(e, "Webhooks: {What:l}", text));
        _undo.Push(webhooks.DisposeAsync);
        webhooks.Start();
        _undo.Push(new CdrRetention(storage, _options.Storage, _time, (text, e) => log.Write(e is null ? LogEventLevel.Information : LogEventLevel.Warning, e, "{What:l}", text)).DisposeAsync);
        _undo.Push(new BindingSweep(storage, _options.Storage, _time, (text, e) => log.Write(e is null ? LogEventLevel.Information : LogEventLevel.Warning, e, "{What:l}", text)).DisposeAsync);
        _undo.Push(new IdempotencyUpkeep(storage, _options.Http, _time, (text, e) => log.Warning(e, "{What:l}", text)).DisposeAsync);
        return webhooks;
    }

    // A tenant that was made while we run has a key for recordings before its first call is recorded.
    private static async Task PrepareAsync(TandemStorage storage, TenantId tenant, ILogger log)
    {
        try
        {
            if (storage.TenantDirectory.Find(tenant) is not null)
                await storage.RecordingKeys.EnsureAsync(tenant);
        }
        catch (Exception e)
        {
            log.Error(e, "No key for the recordings of the tenant {Tenant:l} could be made: its calls are not recorded until the next start", tenant.Value);
        }
    }

    // Sounds are files of this machine: each node removes its own, whoever removed the tenant, and also when it was down then.
    private async Task FollowRemovedAsync(TandemStorage storage, SoundLibrary sounds, CancellationToken cancellation)
    {
        var log = _log.ForContext("component", LogComponents.Storage);
        storage.TenantDirectory.Changed += tenant =>
        {
            if (storage.TenantDirectory.Find(tenant) is null)
                _ = Task.Run(() => RemoveSounds(sounds, tenant, log), CancellationToken.None);
        };
        foreach (var tenant in await storage.Tenants.RemovedAsync(cancellation))
            RemoveSounds(sounds, tenant, log);
    }

    private static void RemoveSounds(SoundLibrary sounds, TenantId tenant, ILogger log)
    {
        try
        {
            sounds.RemoveTenant(tenant.Value);
        }
        catch (Exception e)
        {
            log.Error(e, "The sounds of the tenant {Tenant:l}, which was removed, cannot be removed: the next start tries again", tenant.Value);
        }
    }

    private RouteWebhookClient OpenRouteWebhooks(TandemStorage storage, OtlpExport? otlp)
    {
        var sender = new WebhookSender(_options.Webhooks, _time);
        Undo(sender.Dispose);
        return new RouteWebhookClient(sender, _options.Routing, storage, _time) { Asked = otlp is null ? null : otlp.Asked };
    }
}
