using System.Data.Common;
using Tandem.Storage.Administration;
using Tandem.Storage.Audit;
using Tandem.Storage.Bindings;
using Tandem.Storage.Database;
using Tandem.Storage.Extensions;
using Tandem.Storage.Gateway;
using Tandem.Storage.Idempotency;
using Tandem.Storage.Ivr;
using Tandem.Storage.Journal;
using Tandem.Storage.Mailboxes;
using Tandem.Storage.Outbox;
using Tandem.Storage.Policies;
using Tandem.Storage.Profiles;
using Tandem.Storage.Queues;
using Tandem.Storage.Recordings;
using Tandem.Storage.Routing;
using Tandem.Storage.Security;
using Tandem.Storage.Settings;
using Tandem.Storage.Streams;
using Tandem.Storage.Tenants;
using Tandem.Storage.Toll;
using Tandem.Storage.Voicemail;
using Tandem.Storage.Webhooks;
using Tandem.Storage.Writing;

namespace Tandem.Storage;

/// <summary>
/// The whole room: the database and one repository for each thing in it. The command line uses <see cref="Open"/>; the server
/// uses <see cref="OpenForServing"/>, which also takes DATA_DIR for itself, starts the writer and follows changes.
/// </summary>
public sealed class TandemStorage : IAsyncDisposable
{
    private readonly FileStream? _lock;

    private TandemStorage(StorageOptions options, TandemDatabase database, SecretBox box, RunIdentity run, string directory, FileStream? lockFile, FlowReading flows, TimeProvider time)
    {
        _lock = lockFile;
        Database = database;
        Writer = new StorageWriter(database, options, run, directory, time);
        Journal = new CallJournal(database, Writer);
        Bindings = new BindingRepository(database, Writer);
        Cdrs = new CdrRepository(database);
        Extensions = new ExtensionRepository(database, box, options, time);
        Directory = new ExtensionDirectory(database, box, time);
        Profiles = new ProfileRepository(database, box, time);
        ProfileDirectory = new ProfileDirectory(database, box, time);
        Tenants = new TenantRepository(database, time);
        TenantDirectory = new TenantDirectory(database, time);
        SecondFactors = new SecondFactorRepository(database, box, time);
        Users = new UserRepository(database, SecondFactors, time);
        Tokens = new ApiTokenRepository(database, time);
        Sessions = new SessionRepository(database, time);
        Settings = new SettingRepository(database, time);
        Gateway = new GatewayRepository(database, time);
        Idempotency = new IdempotencyRepository(database, box, run, time);
        Mailboxes = new MailboxRepository(database, time);
        Recordings = new RecordingRepository(database);
        Queues = new QueueRepository(database, time, run.NodeId);
        Voicemail = new VoicemailRepository(database, time);
        Webhooks = new WebhookRepository(database, box, time);
        WebhookQueue = new WebhookQueue(database, Webhooks);
        Deliveries = new DeliveryRepository(database, time);
        Leases = new Lease(database, run.NodeId);
        Streams = new EventStreams(database);
        Writer.IsStreamed = Streams.IsWanted;
        Outbox = new OutboxSink(Writer, Streams);
        Toll = new TollRepository(database, Writer, time);
        TollPolicies = new TollPolicies(database, time) { LimitOf = tenant => TenantDirectory.Find(tenant)?.Limits.SpendPerDay ?? 0 };
        RecordingLinks = new RecordingLinks(box);
        Policies = new PolicyRepository(database, box, options, time);
        PolicyDirectory = new PolicyDirectory(database, box, time);
        Ivr = new IvrRepository(database, box, time);
        IvrDirectory = new IvrDirectory(database, box, flows, time);
        Routing = new RoutingRepository(database, time);
        RoutingDirectory = new RoutingDirectory(database, Routing, time);
        Audit = new AuditLog(database, Writer, time);
        RecordingKeys = new RecordingKeyRing(database, directory, options, time);
    }

    public TandemDatabase Database { get; }

    /// <summary>The write-behind thread; runs only when serving.</summary>
    public StorageWriter Writer { get; }

    public CallJournal Journal { get; }

    /// <summary>Records that programs keep of their calls.</summary>
    public GatewayRepository Gateway { get; }

    /// <summary>Requests that are done once, wherever they are repeated.</summary>
    public IdempotencyRepository Idempotency { get; }

    public BindingRepository Bindings { get; }

    public CdrRepository Cdrs { get; }

    public ExtensionRepository Extensions { get; }

    /// <summary>The extensions in memory, for the shards; filled only when serving.</summary>
    public ExtensionDirectory Directory { get; }

    /// <summary>SIP profiles and numbers.</summary>
    public ProfileRepository Profiles { get; }

    /// <summary>The SIP profiles in memory, for the shards; filled only when serving.</summary>
    public ProfileDirectory ProfileDirectory { get; }

    public TenantRepository Tenants { get; }

    /// <summary>The tenants in memory; filled only when serving.</summary>
    public TenantDirectory TenantDirectory { get; }

    public UserRepository Users { get; }

    public SecondFactorRepository SecondFactors { get; }

    public ApiTokenRepository Tokens { get; }

    public SessionRepository Sessions { get; }

    public SettingRepository Settings { get; }

    public MailboxRepository Mailboxes { get; }

    public RecordingRepository Recordings { get; }

    /// <summary>Queues, their members, and which agents are logged in.</summary>
    public QueueRepository Queues { get; }

    /// <summary>Boxes and messages of voicemail.</summary>
    public VoicemailRepository Voicemail { get; }

    /// <summary>Where events of tenants are sent.</summary>
    public WebhookRepository Webhooks { get; }

    /// <summary>The way from the outbox to the webhooks; worked by the node that holds the lease.</summary>
    public WebhookQueue WebhookQueue { get; }

    public DeliveryRepository Deliveries { get; }

    /// <summary>Work that one node does at a time.</summary>
    public Lease Leases { get; }

    /// <summary>Events that tenants follow, in order and numbered.</summary>
    public EventStreams Streams { get; }

    /// <summary>Takes public events of the exchange to the outbox and the streams.</summary>
    public OutboxSink Outbox { get; }

    /// <summary>Rules, prices and state of the toll guard.</summary>
    public TollRepository Toll { get; }

    /// <summary>Rules and prices in memory, for the shards; filled only when serving.</summary>
    public TollPolicies TollPolicies { get; }

    /// <summary>Links to recordings that expire.</summary>
    public RecordingLinks RecordingLinks { get; }

    /// <summary>Rooms that are kept, rules of recording and of monitoring.</summary>
    public PolicyRepository Policies { get; }

    /// <summary>The same in memory, for the shards; filled only when serving.</summary>
    public PolicyDirectory PolicyDirectory { get; }

    /// <summary>Menus.</summary>
    public IvrRepository Ivr { get; }

    /// <summary>The menus in memory, for the shards; filled only when serving.</summary>
    public IvrDirectory IvrDirectory { get; }

    /// <summary>Rules of tenants and features of extensions.</summary>
    public RoutingRepository Routing { get; }

    /// <summary>The same in memory, for the shards; filled only when serving, or by <see cref="LoadRouting"/>.</summary>
    public RoutingDirectory RoutingDirectory { get; }

    /// <summary>Who did what.</summary>
    public AuditLog Audit { get; }

    /// <summary>The keys of recordings; empty until <see cref="RecordingKeyRing.LoadAsync"/>.</summary>
    public RecordingKeyRing RecordingKeys { get; }

    /// <summary>Opens the database for a command that reads or changes it, also beside a running server.</summary>
    /// <exception cref="StorageException">It cannot be opened; the message is for people.</exception>
    public static TandemStorage Open(StorageOptions options, TimeProvider? time = null) => Make(options, time ?? TimeProvider.System, FlowReading.Default, serving: false);

    /// <summary>
    /// Opens the database for a server: nobody else serves from this DATA_DIR, queued writes of a former run are written, and the
    /// extensions are in memory. Await <see cref="CallJournal.RecoverAsync"/> before the first call.
    /// </summary>
    /// <param name="options">Where it is.</param>
    /// <param name="time">The clock; that of the system without.</param>
    /// <param name="flows">How menus are read; with the default limits without.</param>
    /// <exception cref="StorageException">It cannot be opened, or another server uses this DATA_DIR.</exception>
    public static TandemStorage OpenForServing(StorageOptions options, TimeProvider? time = null, FlowReading? flows = null) =>
        Make(options, time ?? TimeProvider.System, flows ?? FlowReading.Default, serving: true);

    /// <summary>Fills everything in memory that decides about calls, once: for a command that explains them beside a running server.</summary>
    public void LoadRouting()
    {
        TenantDirectory.Refresh();
        Directory.Refresh();
        ProfileDirectory.Refresh();
        TollPolicies.Refresh();
        RoutingDirectory.Refresh();
    }

    /// <summary>
    /// Waits for the turn of a thing of the configuration among all nodes, and brings what is in memory up to date: who then compares a version and changes the thing, until he disposes
    /// the result, has nobody between.
    /// </summary>
    /// <exception cref="DbException">The database is away, or somebody else keeps his turn too long.</exception>
    public async ValueTask<IAsyncDisposable?> TakeTurnAsync(string thing, CancellationToken cancellation = default)
    {
        var turn = await Database.TakeTurnAsync(thing, cancellation);
        try
        {
            TenantDirectory.Refresh();
            Directory.Refresh();
            ProfileDirectory.Refresh();
            TollPolicies.Refresh();
            PolicyDirectory.Refresh();
            IvrDirectory.Refresh();
            RoutingDirectory.Refresh();
            return turn;
        }
        catch
        {
            if (turn is not null)
                await turn.DisposeAsync();
            throw;
        }
    }

    /// <summary>Writes what waits and closes everything.</summary>
    public async ValueTask DisposeAsync()
    {
        Directory.Dispose();
        TollPolicies.Dispose();
        PolicyDirectory.Dispose();
        IvrDirectory.Dispose();
        RoutingDirectory.Dispose();
        TenantDirectory.Dispose();
        ProfileDirectory.Dispose();
        await Writer.DisposeAsync();
        Database.Dispose();
        if (_lock is not null)
            await _lock.DisposeAsync();
    }

    private static TandemStorage Make(StorageOptions options, TimeProvider time, FlowReading flows, bool serving)
    {
        var directory = DataDirectory.Ensure(options.DataDirectory);
        var lockFile = serving ? TakeLock(directory) : null;
        TandemDatabase? database = null;
        try
        {
            database = TandemDatabase.Open(options, time);
            var run = RunIdentity.Read(directory);
            var storage = new TandemStorage(options, database, SecretBox.Open(directory), run, directory, lockFile, flows, time);
            if (serving)
            {
                CallRecovery.BeginRun(database, run, time.GetUtcNow());
                storage.Idempotency.BeginRun();
                storage.TenantDirectory.Refresh();
                storage.Tenants.Changed = storage.TenantsChanged;
                storage.TenantDirectory.Follow(options.DirectoryPollInterval);
                storage.Directory.Refresh();
                storage.Extensions.Changed = storage.ExtensionsChanged;
                storage.Directory.Follow(options.DirectoryPollInterval);
                storage.ProfileDirectory.Refresh();
                storage.Profiles.Changed = storage.ProfilesChanged;
                storage.ProfileDirectory.Follow(options.DirectoryPollInterval);
                storage.TollPolicies.Refresh();
                storage.Toll.LoadStates();
                storage.Toll.Changed = storage.TollPolicies.RefreshQuietly;
                storage.TollPolicies.Follow(options.DirectoryPollInterval);
                storage.PolicyDirectory.Refresh();
                storage.Policies.Changed = storage.PolicyDirectory.RefreshQuietly;
                storage.PolicyDirectory.Follow(options.DirectoryPollInterval);
                storage.Streams.Refresh(time.GetUtcNow());
                storage.IvrDirectory.Refresh();
                storage.Ivr.Changed = storage.IvrDirectory.RefreshQuietly;
                storage.IvrDirectory.Follow(options.DirectoryPollInterval);
                storage.RoutingDirectory.Refresh();
                storage.Routing.Changed = storage.RoutingDirectory.RefreshQuietly;
                storage.RoutingDirectory.Follow(options.DirectoryPollInterval);
                storage.Writer.Start();
            }

            return storage;
        }
        catch (DbException e)
        {
            var place = database?.Description ?? directory;
            database?.Dispose();
            lockFile?.Dispose();
            throw new StorageException($"{place} cannot be used: {e.Message}", e);
        }
        catch
        {
            database?.Dispose();
            lockFile?.Dispose();
            throw;
        }
    }

    // A tenant that was removed takes what it had with it, in the same transaction.
    private void TenantsChanged()
    {
        TenantDirectory.RefreshQuietly();
        Directory.RefreshQuietly();
        ProfileDirectory.RefreshQuietly();
        TollPolicies.RefreshQuietly();
        PolicyDirectory.RefreshQuietly();
        RoutingDirectory.RefreshQuietly();
        Webhooks.Changed?.Invoke();
    }

    // A profile that was removed takes its rules and prices with it.
    private void ProfilesChanged()
    {
        ProfileDirectory.RefreshQuietly();
        TollPolicies.RefreshQuietly();
    }

    // An extension that was removed takes with it what it had set.
    private void ExtensionsChanged()
    {
        Directory.RefreshQuietly();
        PolicyDirectory.RefreshQuietly();
        RoutingDirectory.RefreshQuietly();
    }

    // The system gives the lock back when the process ends, however it ends.
    private static FileStream TakeLock(string directory)
    {
        var path = Path.Combine(directory, "server.lock");
        try
        {
            return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (UnauthorizedAccessException e)
        {
            throw new StorageException($"DATA_DIR {directory} cannot be written: {e.Message}", e);
        }
        catch (IOException e)
        {
            throw new StorageException($"another server uses DATA_DIR {directory} (or {path} cannot be written): {e.Message}", e);
        }
    }
}
