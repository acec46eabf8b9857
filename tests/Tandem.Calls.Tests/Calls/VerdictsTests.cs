using Tandem.Calls.Calls;

namespace Tandem.Calls.Tests.Calls;

public class VerdictsTests
{
    [Theory]
    [InlineData(486, EndReason.Busy, Cause.UserBusy, ResultClass.Client)]
    [InlineData(600, EndReason.Busy, Cause.UserBusy, ResultClass.Client)]
    [InlineData(480, EndReason.NoAnswer, Cause.NoUserResponding, ResultClass.Client)]
    [InlineData(603, EndReason.Rejected, Cause.CallRejected, ResultClass.Client)]
    [InlineData(403, EndReason.Forbidden, Cause.CallRejected, ResultClass.Client)]
    [InlineData(404, EndReason.NotFound, Cause.UnallocatedNumber, ResultClass.Client)]
    [InlineData(604, EndReason.NotFound, Cause.UnallocatedNumber, ResultClass.Client)]
    [InlineData(488, EndReason.NotAcceptable, Cause.IncompatibleDestination, ResultClass.Client)]
    [InlineData(606, EndReason.NotAcceptable, Cause.IncompatibleDestination, ResultClass.Client)]
    [InlineData(408, EndReason.SetupTimeout, Cause.RecoveryOnTimerExpiry, ResultClass.Upstream)]
    [InlineData(482, EndReason.LoopDetected, Cause.ExchangeRoutingError, ResultClass.Client)]
    [InlineData(483, EndReason.LoopDetected, Cause.ExchangeRoutingError, ResultClass.Client)]
    [InlineData(500, EndReason.Rejected, Cause.TemporaryFailure, ResultClass.Client)]
    public void A_refusal_keeps_its_status_and_gets_reason_cause_and_class(int status, EndReason reason, int cause, ResultClass result)
    {
        Assert.Equal(new Verdict(result, reason, status, CallSide.Callee, cause), Verdicts.ForRefusal(status));
    }

    [Fact]
    public void Every_reason_has_a_row()
    {
        foreach (var reason in Enum.GetValues<EndReason>())
        {
            var (result, status, cause) = Verdicts.Row(reason);
            Assert.True(Enum.IsDefined(result));
            Assert.True(status is 0 or 200 or (>= 400 and < 700), $"{reason}: {status}");
            Assert.InRange(cause, 0, 127);
        }
    }

    [Theory]
    [InlineData(EndReason.ClearedByOperator, false, 480)]
    [InlineData(EndReason.ClearedByOperator, true, 200)]
    [InlineData(EndReason.MediaTimeout, true, 200)]
    [InlineData(EndReason.Shutdown, false, 503)]
    public void An_answered_call_keeps_status_200(EndReason reason, bool answered, int status)
    {
        Assert.Equal(status, Verdicts.For(reason, CallSide.Exchange, answered).SipStatus);
    }
}
