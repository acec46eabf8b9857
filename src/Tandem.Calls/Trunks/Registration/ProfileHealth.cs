using System.Text;
using Tandem.Calls.Calls.Legs;
using Tandem.Core.Time;
using Tandem.Sip.Dialogs;
using Tandem.Sip.Messages;
using Tandem.Sip.Transactions;
using Tandem.Sip.Writing;

namespace Tandem.Calls.Trunks.Registration;

/// <summary>
/// Asks a provider now and then whether it is there (OPTIONS, RFC 3261 §11). Any answer but 503 and 408 says so; after some in a row without
/// one the profile carries no calls, until the next answer.
/// </summary>
internal sealed class ProfileHealth
{
    private readonly TrunkShard _shard;
    private readonly CallbackTimer _timer;
    private readonly string _callId;
    private readonly string _tag;
    private readonly SeenAddress _seen = new();
    private uint _cseq;
    private int _failures;
    private Probe? _probe;
    private bool _isOver;

    public ProfileHealth(TrunkShard shard, SipProfile profile)
    {
        _shard = shard;
        Profile = profile;
        _callId = shard.Environment.NewCallId();
        _tag = shard.Environment.Engine.NewTag();
        _timer = new CallbackTimer(_ => Ask());
    }

    public SipProfile Profile { get; }

    private TimeSpan Interval => TimeSpan.FromSeconds(Profile.HealthIntervalSeconds);

    public void Start() => _shard.Environment.Wheel.Schedule(_timer, _shard.Pacer.Take(_shard.Environment.Now) + (Interval * (0.1 * _shard.Environment.Random.NextDouble())));

    public void Stop()
    {
        _isOver = true;
        _shard.Environment.Wheel.Cancel(_timer);
    }

    private void Ask()
    {
        if (_isOver)
            return;

        var environment = _shard.Environment;
        environment.Wheel.Schedule(_timer, environment.Now + (Interval * (0.95 + (0.1 * environment.Random.NextDouble()))));
        if (_probe is { } silent)
            Finish(silent, isThere: false, ""); // it had the whole interval

        var probe = new Probe(this);
        _probe = probe;
        environment.Engine.Locator.Locate(Encoding.UTF8.GetBytes(ProfileAddresses.NextHop(Profile)), environment.Now, (targets, now) =>
        {
            if (probe != _probe || _isOver)
                return;

            if (targets.Count == 0)
                Finish(probe, isThere: false, "");
            else
                environment.Engine.SendRequest(Write(_seen.HostAndPort(environment.Engine.Addressing, targets[0])), SipMethod.Options, _shard.Table.Identities.Of(Profile, targets), now, probe);
        });
    }

    private SipWriter Write(string host)
    {
        _shard.Environment.Secrets?.Sent(_callId, Profile, _shard.Environment.Now);
        var writer = SipWriter.Request(SipMethod.Options, ProfileAddresses.Registrar(Profile));
        if (ProfileAddresses.Route(Profile) is { Length: > 0 } route)
            writer.Header(HeaderName.Route, route);
        writer.Header(HeaderName.MaxForwards, _shard.Environment.Options.MaxForwards);
        writer.Header(HeaderName.From, $"<sip:{host}>;tag={_tag}");
        writer.Header(HeaderName.To, $"<{ProfileAddresses.Registrar(Profile)}>").Header(HeaderName.CallId, _callId);
        writer.Begin(HeaderName.CSeq).Append(++_cseq).Append(" OPTIONS"u8).End();
        writer.Header(HeaderName.Contact, $"<sip:{host}>").Header(HeaderName.Accept, "application/sdp");
        return writer.Header(HeaderName.UserAgent, _shard.Environment.Options.Product);
    }

    // A trunk that does not register learns here how it is seen; else the registration tells, over the same way.
    private void Learn(Probe probe, SipMessage response, ClientTransaction transaction)
    {
        if (probe != _probe || _isOver)
            return;

        _seen.Learn(response, transaction, _shard.Environment.Engine.Addressing);
        if (!Profile.Registers)
            _shard.Report(Profile, state => state.PublicAddress == _seen.Text ? state : state with { PublicAddress = _seen.Text });
    }

    private void Finish(Probe probe, bool isThere, string providerText)
    {
        if (probe != _probe || _isOver)
            return;

        _probe = null;
        _failures = isThere ? 0 : _failures + 1;
        if (isThere)
            _shard.Report(Profile, state => state.IsReachable == true ? state : state with { IsReachable = true });
        else if (_failures >= _shard.Options.HealthFailures)
            _shard.Report(Profile, state => state.IsReachable == false ? state : state with { IsReachable = false, ProviderText = providerText });
    }

    // One OPTIONS and what became of it.
    private sealed class Probe(ProfileHealth health) : ITransactionOwner
    {
        public void OnResponse(SipMessage response, ClientTransaction transaction, Dialog? dialog)
        {
            if (response.StatusCode < 200)
                return;

            health.Learn(this, response, transaction);
            health.Finish(this, response.StatusCode is not (503 or 408), ProviderWords.Quote(response, health.Profile));
        }

        public void OnTimeout() => health.Finish(this, isThere: false, "");

        public void OnTransportFailed() => health.Finish(this, isThere: false, "");

        public void OnEnded() => health.Finish(this, isThere: false, "");
    }
}
