using Tandem.Calls.Calls;
using Tandem.Calls.Events;

namespace Tandem.Calls.Trunks.Registration;

/// <summary>The profiles of one shard: those whose id hashes to it. On the shard's loop.</summary>
internal sealed class TrunkShard
{
    private readonly IProfileDirectory _directory;
    private readonly Dictionary<ProfileId, ProfileRegistration> _registrations = [];
    private readonly Dictionary<ProfileId, ProfileHealth> _health = [];
    private bool _isRunning;

    public TrunkShard(CallEnvironment environment, TrunkOptions options, IProfileDirectory directory, TrunkTable table, int shards)
    {
        Environment = environment;
        Options = options;
        Table = table;
        _directory = directory;
        Pacer = new RegistrationPacer(Math.Max(0.1, options.RegistersPerSecond / (double)shards));
    }

    public CallEnvironment Environment { get; }

    public TrunkOptions Options { get; }

    public TrunkTable Table { get; }

    public RegistrationPacer Pacer { get; }

    public TrunkCounters Counters { get; } = new();

    /// <summary>Last REGISTERs that wait for their answers.</summary>
    public int Unregistering { get; set; }

    /// <summary>Registrations that are kept.</summary>
    public int Count => _registrations.Count;

    /// <summary>The wall-clock time of the input that is being worked on, UTC.</summary>
    public DateTimeOffset Wall => Environment.WallClock.ToUtc(Environment.Now);

    /// <summary>Begins with what the directory has.</summary>
    public void Start(IEnumerable<SipProfile> profiles)
    {
        _isRunning = true;
        foreach (var profile in profiles)
            Apply(profile.Id);
    }

    /// <summary>A profile was added, changed or removed.</summary>
    public void Apply(ProfileId id)
    {
        if (!_isRunning)
            return;

        var profile = _directory.Find(id);
        var running = _registrations.GetValueOrDefault(id);
        if (running is not null && (profile is not { Enabled: true, Registers: true } || !IsSameAccount(profile, running.Profile)))
        {
            running.Stop(tellProvider: true);
            _registrations.Remove(id);
            running = null;
        }

        if (profile is not null)
            Table.Identities.Keep(profile);
        ApplyHealth(id, profile);
        if (profile is null)
        {
            Table.Remove(id);
            return;
        }

        if (!profile.Enabled)
            Report(profile, state => Idle(state, ProfileStatus.Disabled, "Switched off"));
        else if (!profile.Registers)
            Report(profile, state => Idle(state, ProfileStatus.Ready, "No registration is needed"));
        else if (running is not null)
            running.Update(profile);
        else
        {
            var registration = new ProfileRegistration(this, profile);
            _registrations.Add(id, registration);
            registration.Start();
        }
    }

    /// <summary>Ends all registrations; the providers are told unless an option says otherwise.</summary>
    public void Stop()
    {
        _isRunning = false;
        foreach (var registration in _registrations.Values)
            registration.Stop(Options.UnregisterOnStop);
        foreach (var health in _health.Values)
            health.Stop();
        _registrations.Clear();
        _health.Clear();
    }

    /// <summary>A stream connection ended.</summary>
    public void ConnectionLost(long connection)
    {
        foreach (var registration in _registrations.Values)
        {
            if (registration.Connection == connection)
                registration.ConnectionLost();
        }
    }

    /// <summary>Replaces the picture of a profile; what people should know of becomes an entry of its history and an event.</summary>
    public void Report(SipProfile profile, Func<ProfileState, ProfileState> change)
    {
        var now = Wall;
        var before = Table.Find(profile.Id);
        var after = change(before ?? new ProfileState { Id = profile.Id, Tenant = profile.Tenant, Status = ProfileStatus.Disabled, Since = now });
        var isNews = before is null || after.Status != before.Status || after.SipStatus != before.SipStatus || after.Text != before.Text
            || after.IsReachable != before.IsReachable || after.PublicAddress != before.PublicAddress;
        if (isNews)
        {
            var entry = new ProfileHistoryEntry(now, after.Status, after.SipStatus, after.Text, after.ProviderText);
            var kept = after.History.Count >= Options.HistoryLength ? after.History.Skip(after.History.Count - Options.HistoryLength + 1) : after.History;
            after = after with { History = [.. kept, entry] };
        }

        if (before is null || after.Status != before.Status)
            after = after with { Since = now };
        Table.Set(after);
        if (isNews)
            Environment.Events.Publish(new ProfileEvent(profile.Tenant, after, profile.Name, now));
    }

    private static ProfileState Idle(ProfileState state, ProfileStatus status, string text) => state with
    {
        Status = status,
        SipStatus = 0,
        Text = text,
        ProviderText = "",
        ExpiresAt = null,
        NextAttemptAt = null,
        Failures = 0,
    };

    // Another account or another way is another registration; other credentials are not.
    private static bool IsSameAccount(SipProfile a, SipProfile b) =>
        a.Server == b.Server && a.Port == b.Port && a.Transport == b.Transport && a.UserName == b.UserName && a.Domain == b.Domain
        && a.OutboundProxy == b.OutboundProxy && a.Token == b.Token;

    private void ApplyHealth(ProfileId id, SipProfile? profile)
    {
        if (_health.TryGetValue(id, out var running))
        {
            if (profile is { Enabled: true, HealthIntervalSeconds: > 0 } && IsSameAccount(profile, running.Profile)
                && profile.HealthIntervalSeconds == running.Profile.HealthIntervalSeconds)
                return;

            running.Stop();
            _health.Remove(id);
            if (profile is not null)
                Report(profile, state => state with { IsReachable = null });
        }

        if (profile is not { Enabled: true, HealthIntervalSeconds: > 0 })
            return;

        var health = new ProfileHealth(this, profile);
        _health.Add(id, health);
        health.Start();
    }
}
