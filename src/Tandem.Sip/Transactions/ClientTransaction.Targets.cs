using Tandem.Core.Time;
using Tandem.Sip.Engine;
using Tandem.Sip.Messages;
using Tandem.Sip.Resolution;

namespace Tandem.Sip.Transactions;

/// <summary>
/// Failover (RFC 3263 §4.3). A request with several targets stays one transaction for its user, whatever it takes: each attempt has
/// a branch of its own, and a target fails by 503, by silence or by its transport, as long as it has said nothing but 100. After
/// that, and after a CANCEL, what happens is the user's.
/// </summary>
/// <remarks>
/// An INVITE that was given up may still be under way to its old target. Each such attempt lives on as an echo of the transaction:
/// it acknowledges refusals, cancels whoever begins to ring, and hands a 2xx to the user as that of another fork (RFC 3261
/// §13.2.2.4), so that no session is left behind. The transaction has ended when its echoes have, too.
/// </remarks>
public sealed partial class ClientTransaction
{
    private readonly ClientTransaction? _original;
    private RequestRoute? _route;
    private Moment _fullEnd;
    private bool _isShortened;
    private bool _isLocating;
    private int _echoes;

    /// <summary>Targets that were given up before the present one.</summary>
    public int Failovers { get; private set; }

    private bool IsUnanswered => LastStatus <= 100
        && State is TransactionState.Calling or TransactionState.Trying or TransactionState.Proceeding;

    internal void StartWith(RequestRoute route, Moment now)
    {
        _route = route;
        Core.Counters.CountTransition(Kind, State);
        Attempt(now);
    }

    private void Attempt(Moment now)
    {
        Feed(ClientInput.Start, null, now);
        _fullEnd = now + Core.Options.Timers.Timeout;
        _isShortened = _route!.HasMore;
        if (_isShortened)
            EndWithin(Core.Options.Resolution.FailoverTimeout, now);
    }

    /// <summary>True when the response was one of a target that is given up now.</summary>
    private bool GoesOnAfter(SipMessage response, Moment now)
    {
        if (response.StatusCode != 503)
        {
            if (_route!.IsLocated)
                Core.Locator.Answered(Target);
            if (_isShortened)
            {
                // RFC 3263 §4.3: only a target that has said nothing at all fails by its silence.
                _isShortened = false;
                if (!IsInvite)
                    EndAt(_fullEnd);
            }

            return false;
        }

        // RFC 3261 §21.5.4: without Retry-After the 503 is about this request only.
        if (_route!.IsLocated && RetryAfter(response) is { } rest)
            Core.Locator.Rest(Target, rest, now);
        if (!IsUnanswered || IsCancelled || !_route.TryTake(Target, out var next))
            return false;

        MoveTo(next, response, leavesEcho: IsInvite, now);
        return true;
    }

    /// <summary>True when the silence of the target is not the end of the transaction.</summary>
    private bool GoesOnAfterSilence(Moment now)
    {
        if (LastStatus > 0 || State is not (TransactionState.Calling or TransactionState.Trying))
            return false;

        var isEarly = _isShortened && now < _fullEnd;
        _isShortened = false;
        if (_route!.IsLocated)
            Core.Locator.Failed(Target, now);
        if (!IsCancelled && _route.TryTake(Target, out var next))
        {
            MoveTo(next, null, leavesEcho: IsInvite, now);
            return true;
        }

        if (isEarly)
            EndAt(_fullEnd);
        if (!IsCancelled && isEarly && _route.TakeUri() is { } uri)
            Core.Locator.Locate(uri, now, OnLocatedAfterSilence);
        return isEarly;
    }

    /// <summary>True when the failure of the transport is not the end of the transaction.</summary>
    private bool GoesOnAfterFailure(Moment now)
    {
        if (!IsUnanswered || State == TransactionState.Proceeding || _isLocating)
            return _isLocating;

        if (_route!.IsLocated)
            Core.Locator.Failed(Target, now);
        if (IsCancelled)
            return false;
        if (_route.TryTake(Target, out var next))
        {
            MoveTo(next, null, leavesEcho: false, now);
            return true;
        }

        if (_route.TakeUri() is not { } uri)
            return false;

        // Nothing is under way until the name is resolved, and the resolver has a time limit of its own.
        _isLocating = true;
        Pause();
        Core.Locator.Locate(uri, now, OnLocatedAfterFailure);
        return true;
    }

    private void OnLocatedAfterSilence(SipTargetList list, Moment now)
    {
        if (LastStatus > 0 || IsCancelled || State is not (TransactionState.Calling or TransactionState.Trying))
            return;

        _route!.Continue(_route.IsGuarded ? Core.OnlyReachable(list) : list);
        if (_route.TryTake(Target, out var next))
            MoveTo(next, null, leavesEcho: IsInvite, now);
    }

    private void OnLocatedAfterFailure(SipTargetList list, Moment now)
    {
        _isLocating = false;
        if (State is not (TransactionState.Calling or TransactionState.Trying))
            return;

        _route!.Continue(_route.IsGuarded ? Core.OnlyReachable(list) : list);
        if (!IsCancelled && _route.TryTake(Target, out var next))
            MoveTo(next, null, leavesEcho: false, now);
        else
            Feed(ClientInput.TransportError, null, now);
    }

    private void MoveTo(in SipFlow next, SipMessage? refusal, bool leavesEcho, Moment now)
    {
        Core.Counters.Count(EngineCounter.Failovers);
        Failovers++;
        Core.Clients.Remove(this);
        if (leavesEcho)
            LeaveEcho(refusal, now);

        Id = Core.NewBranchId();
        Tag = TagOf(Id, Method);
        Target = next;
        SentBy = Core.Addressing.SentBy(next);
        _request = ViaEditor.ReplaceTopLine(_request!, SentBy, next.Transport, Core.BranchStart, Id, _loopKey);
        _mayFallBack = Core.IsTooLarge(next, _request.Length, now);
        if (_mayFallBack)
        {
            Core.Counters.Count(EngineCounter.SwitchesToTcp);
            Target = next with { Transport = SipTransportKind.Tcp, Connection = 0 };
            SentBy = Core.Addressing.SentBy(Target);
            _request = ViaEditor.ReplaceTopLine(_request, SentBy, Target.Transport, Core.BranchStart, Id, _loopKey);
        }

        LastStatus = 0;
        Core.Clients.Add(this);
        Enter(new Step(IsInvite ? TransactionState.Calling : TransactionState.Trying), now);
        Attempt(now);
    }

    private void LeaveEcho(SipMessage? refusal, Moment now)
    {
        var echo = new ClientTransaction(this, _request!.Retain());
        _echoes++;
        Core.Clients.Add(echo);
        Core.Counters.CountTransition(Kind, State);
        echo.Enter(new Step(TransactionState.Calling, TransactionActions.None, SipTimer.B), now);
        if (refusal is not null)
            echo.Feed(ClientInput.Failure, refusal, now);
    }

    private void EchoEnded()
    {
        _echoes--;
        if (_echoes == 0 && State == TransactionState.Terminated)
        {
            Core.EndForks(this);
            Raise(SipEventKind.TransactionEnded);
        }
    }

    private void DeliverEcho(SipMessage response)
    {
        Core.Counters.Count(EngineCounter.LateResponses);
        if (response.StatusCode is >= 200 and < 300)
            Core.Delivery.Deliver(_original!, response, _responseFlow);
    }

    // RFC 3261 §20.33: seconds, perhaps with a comment and parameters.
    private static TimeSpan? RetryAfter(SipMessage response)
    {
        if (!response.TryGetHeader(HeaderName.RetryAfter, out var value))
            return null;

        return System.Buffers.Text.Utf8Parser.TryParse(value, out uint seconds, out _) && seconds > 0 ? TimeSpan.FromSeconds(seconds) : null;
    }
}
