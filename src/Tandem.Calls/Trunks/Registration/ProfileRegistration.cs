using System.Text;
using Tandem.Core.Time;
using Tandem.Sip.Authentication;
using Tandem.Sip.Dialogs;
using Tandem.Sip.Engine;
using Tandem.Sip.Messages;
using Tandem.Sip.Resolution;
using Tandem.Sip.Transactions;

namespace Tandem.Calls.Trunks.Registration;

/// <summary>
/// The registration of one profile at its provider (RFC 3261 §10.2), from the first REGISTER to the last: refreshes, challenges,
/// refusals, redirections, pauses. Sans-IO: the time is given, requests leave through the engine of the shard, which also tries the
/// targets of RFC 3263 one after the other. What each answer leads to is in <see cref="OnFinal"/>.
/// </summary>
internal sealed class ProfileRegistration
{
    // A REGISTER that begins over and over for challenges, redirections and intervals has an end, whatever a provider thinks up.
    private const int MostRounds = 10;

    private readonly TrunkShard _shard;
    private readonly CallbackTimer _timer;
    private readonly RegistrationFlow _flow;
    private readonly SeenAddress _seen = new();
    private readonly RegisterRequest _request;
    private ProfileCredentials _credentials;
    private SipTargetList? _targets;
    private RegisterExchange? _pending;
    private string _uri = "";
    private string _hop = "";
    private int _expires;
    private int _rounds;
    private int _redirects;
    private int _answers;
    private int _failures;
    private bool _isOver;

    public ProfileRegistration(TrunkShard shard, SipProfile profile)
    {
        _shard = shard;
        Profile = profile;
        _request = new RegisterRequest(shard.Environment, profile);
        _credentials = new ProfileCredentials(profile, shard.Environment.Random, shard.Options);
        _expires = profile.ExpirySeconds;
        _timer = new CallbackTimer(_ => Begin());
        _flow = new RegistrationFlow(shard);
    }

    public SipProfile Profile { get; private set; }

    /// <summary>The connection that the registration lives on; 0 for datagrams.</summary>
    public long Connection => _flow.Flow.Connection;

    private TrunkOptions Options => _shard.Options;

    private SipEngine Engine => _shard.Environment.Engine;

    private Moment Now => _shard.Environment.Now;

    /// <summary>Takes its turn for the first REGISTER.</summary>
    public void Start()
    {
        _shard.Report(Profile, state => state with { Status = ProfileStatus.Trying, Text = "The first answer of the provider is awaited", SipStatus = 0, ProviderText = "", ExpiresAt = null });
        Schedule(_shard.Pacer.Take(Now));
    }

    /// <summary>Takes over what was changed: other credentials are tried at once, under the same Call-ID.</summary>
    public void Update(SipProfile profile)
    {
        var isAnew = profile.NeedsNewRegistration(Profile);
        Profile = profile;
        _request.Profile = profile;
        if (!isAnew)
            return;

        _credentials = new ProfileCredentials(profile, _shard.Environment.Random, _shard.Options);
        _expires = profile.ExpirySeconds;
        _failures = 0;
        _pending = null;
        Schedule(_shard.Pacer.Take(Now));
    }

    /// <summary>Ends it: nothing is refreshed any more, and the provider is told when it has our Contact.</summary>
    public void Stop(bool tellProvider)
    {
        if (_isOver)
            return;

        _isOver = true;
        _pending = null;
        _shard.Environment.Wheel.Cancel(_timer);
        _flow.LetGo();
        if (tellProvider && _request.Contact.Length > 0 && _targets is { Count: > 0 } targets)
            new Unregistration(_shard, _request, _credentials, _uri, HostAndPort(targets), targets).Begin();
    }

    /// <summary>The connection of the registration is gone: another one is made (RFC 5626 §4.5), at a random time within seconds.</summary>
    public void ConnectionLost()
    {
        _flow.LetGo();
        if (!_isOver && _pending is null)
            Schedule(_shard.Pacer.Take(Now) + (Options.RetryBase * _shard.Environment.Random.NextDouble()));
    }

    /// <summary>A final answer, or what stands for it.</summary>
    public void OnFinal(RegisterExchange exchange, int status, SipMessage? response, ClientTransaction? transaction)
    {
        if (exchange != _pending || _isOver)
            return;

        _pending = null;
        if (transaction is not null && response is not null)
            Prefer(transaction);
        if (response is not null && transaction is not null && status < 300)
            Succeed(response, transaction);
        else if (++_rounds > MostRounds)
            Fail(status, "The provider leads the registration in circles", ProviderWords.Quote(response, Profile), RegistrationTimes.Backoff(++_failures, Options, _shard.Environment.Random));
        else if (response is null)
            Fail(status, status == 503 ? "The provider cannot be reached" : ProviderWords.Of(status), "", NextBackoff());
        else
            OnRefused(response, status, exchange);
    }

    private void OnRefused(SipMessage response, int status, RegisterExchange exchange)
    {
        switch (status)
        {
            case 401 or 407:
                Challenged(response, exchange);
                break;
            case 423 when TryRaise(response):
                Send(null);
                break;
            case 420 or 439 when !_request.WithoutOutbound:
                // RFC 5626 §6: the first hop has no outbound; RFC 3261 §8.1.3.5: again without what is not known.
                _request.WithoutOutbound = true;
                Send(null);
                break;
            case >= 300 and < 400 when TryRedirect(response):
                break;
            case 500 or 503 or 480 when RegisterAnswers.RetryAfter(response) is { } seconds:
                _failures++;
                Fail(status, ProviderWords.Of(status), ProviderWords.Quote(response, Profile), RegistrationTimes.RetryAfter(seconds, Options, _shard.Environment.Random));
                break;
            case 408 or 480 or 430 or >= 500 and < 600:
                Fail(status, ProviderWords.Of(status), ProviderWords.Quote(response, Profile), NextBackoff());
                break;
            default:
                Fail(status, ProviderWords.Of(status), ProviderWords.Quote(response, Profile), NextRefusal());
                break;
        }
    }

    // Begins a REGISTER with all that it may take: location, challenges, redirections.
    private void Begin()
    {
        if (_isOver)
            return;

        _rounds = 0;
        _redirects = 0;
        _answers = 0;
        _uri = ProfileAddresses.Registrar(Profile);
        _hop = ProfileAddresses.NextHop(Profile);
        Locate();
    }

    private void Locate()
    {
        var exchange = new RegisterExchange(this, _shard.Environment, ProfileAddresses.HostOf(_hop));
        _pending = exchange;
        Engine.Locator.Locate(Encoding.UTF8.GetBytes(_hop), Now, (targets, _) =>
        {
            if (exchange != _pending || _isOver)
                return;

            if (targets.Count == 0)
            {
                _pending = null;
                Fail(0, targets.Failure == LocateFailure.NoAnswer ? "No name server answers" : "The name of the server leads nowhere", "", NextBackoff());
                return;
            }

            _targets = Preferred(_shard.Table.Identities.Of(Profile, targets));
            Send(Known());
        });
    }

    // Where a redirection leads outside the provider, an earlier nonce is not answered either.
    private (HeaderName Name, string Value)? Known() =>
        (_redirects == 0 || ProfileAddresses.IsOurs(Profile, ProfileAddresses.HostOf(_hop)))
        && _credentials.TryBegin(SipMethod.Register, _uri, out var header, out var value) ? (header, value) : null;

    private void Send((HeaderName Name, string Value)? credentials)
    {
        var targets = _targets!;
        var exchange = new RegisterExchange(this, _shard.Environment, ProfileAddresses.HostOf(_hop));
        _pending = exchange;
        var request = _request.Write(_uri, HostAndPort(targets), targets, _expires, credentials);
        _shard.Counters.CountSent();
        exchange.Send(request, targets);
    }

    private void Succeed(SipMessage response, ClientTransaction transaction)
    {
        _request.Taken();
        _failures = 0;
        var granted = RegisterAnswers.Granted(response, Profile.Token, _expires, Options);
        _flow.Hold(transaction.ResponseFlow);
        var now = Now;
        var isMoved = _seen.Learn(response, transaction, Engine.Addressing);
        var refresh = RegistrationTimes.Refresh(granted, _shard.Environment.Random);
        var wall = _shard.Wall;
        _shard.Counters.CountRegistered();
        _shard.Report(Profile, state => state with
        {
            Status = ProfileStatus.Registered,
            SipStatus = response.StatusCode,
            Text = ProviderWords.Of(response.StatusCode),
            ProviderText = ProviderWords.Quote(response, Profile),
            ExpiresAt = wall + TimeSpan.FromSeconds(granted),
            NextAttemptAt = wall + refresh,
            Target = transaction.Target.ToString(),
            Registrar = _redirects == 0 ? transaction.Target.Remote : default, // who was led somewhere trusts nobody there
            PublicAddress = _seen.Text,
            Failures = 0,
        });
        _answers = 0;
        if (isMoved)
            Send(Known());
        else
            _shard.Environment.Wheel.Schedule(_timer, now + refresh);
        _flow.KeepAlive(response, isBehindNat: _seen.Text.Length > 0);
    }

    private void Challenged(SipMessage response, RegisterExchange exchange)
    {
        var outcome = _credentials.Answer(response, SipMethod.Register, _uri, exchange.Host, ref _answers, out var header, out var value);
        if (outcome == DigestClientOutcome.Answered)
        {
            Send((header, value));
            return;
        }

        Fail(response.StatusCode, ProviderWords.Of(outcome), ProviderWords.Quote(response, Profile), NextRefusal());
    }

    // RFC 3261 §10.3 step 7 seen from here. A provider that wants more than a day does not get it.
    private bool TryRaise(SipMessage response)
    {
        if (RegisterAnswers.LongerExpiry(response, _expires, Options) is not { } longer)
            return false;

        _expires = longer;
        return true;
    }

    // RFC 3261 §8.1.3.4. A profile that wants TLS is not led out of it.
    private bool TryRedirect(SipMessage response)
    {
        if (_redirects >= Options.MaxRedirects || !response.TryGetContact(out var contact) || contact.IsStar || !contact.TryGetUri(out var uri)
            || uri.Scheme is not (UriScheme.Sip or UriScheme.Sips))
            return false;

        _redirects++;
        var host = uri.HostText();
        var port = uri.Port > 0 ? ":" + uri.Port.ToString(System.Globalization.CultureInfo.InvariantCulture) : "";
        var transport = Profile.Transport == SipTransportKind.Tls || uri.Scheme == UriScheme.Sips ? ";transport=tls"
            : uri.TryGetParam("transport"u8, out var named) ? ";transport=" + Encoding.ASCII.GetString(named).ToLowerInvariant() : "";
        _hop = $"sip:{host}{port}{transport}";
        _uri = "sip:" + host;
        Locate();
        return true;
    }

    private void Fail(int status, string text, string providerText, TimeSpan pause)
    {
        var wall = _shard.Wall;
        _shard.Counters.CountFailed();
        _shard.Report(Profile, state => state with
        {
            Status = ProfileStatus.Failed,
            SipStatus = status,
            Text = text,
            ProviderText = providerText,
            ExpiresAt = state.ExpiresAt > wall ? state.ExpiresAt : null,
            NextAttemptAt = wall + pause,
            Target = _targets is { Count: > 0 } targets ? targets[0].ToString() : state.Target,
            Failures = _failures,
        });
        _targets = null; // the next try asks for the names again
        _expires = Profile.ExpirySeconds;
        Schedule(Now + pause);
    }

    private TimeSpan NextBackoff() => RegistrationTimes.Backoff(++_failures, Options, _shard.Environment.Random);

    private TimeSpan NextRefusal() => RegistrationTimes.Refusal(++_failures, Options, _shard.Environment.Random);

    private void Schedule(Moment due)
    {
        if (!_isOver)
            _shard.Environment.Wheel.Schedule(_timer, due);
    }

    private string HostAndPort(SipTargetList targets) => _seen.HostAndPort(Engine.Addressing, targets[0]);

    // The target that answered is asked again first, as long as the name still leads there.
    private void Prefer(ClientTransaction transaction)
    {
        if (_targets is { Count: > 0 } targets)
            _targets = First(targets, transaction.Target with { Connection = 0 });
    }

    private SipTargetList Preferred(SipTargetList targets) => _flow.Flow.Remote.Port != 0 ? First(targets, _flow.Flow with { Connection = 0, Local = default }) : targets;

    private static SipTargetList First(SipTargetList targets, SipFlow wanted)
    {
        var list = new List<SipFlow>(targets.Count);
        for (var i = 0; i < targets.Count; i++)
        {
            if (targets[i].Remote == wanted.Remote && targets[i].Transport == wanted.Transport)
                list.Insert(0, targets[i]);
            else
                list.Add(targets[i]);
        }

        return SipTargetList.Of(list, targets.Domain);
    }
}
