using Tandem.Sip.Transactions;

namespace Tandem.Sip.Tests.Transactions;

/// <summary>
/// RFC 3261 figures 5 to 8 with RFC 6026 figures 5 and 7, one row a case: state, input, next state, actions, end timer.
/// Every input that has no row must change nothing.
/// </summary>
public class TransactionFsmTests
{
    private const string None = "None";

    public static TheoryData<string, string, string, string, string> InviteClient => new()
    {
        { "Calling", "Start", "Calling", "SendRequest, StartRetransmit", "B" },
        { "Calling", "Retransmit", "Calling", "SendRequest, DoubleRetransmit", "Keep" },
        { "Calling", "Provisional", "Proceeding", "ToUser, StopRetransmit", "Stop" },
        { "Calling", "Success", "Accepted", "ToUser, StopRetransmit", "M" },
        { "Calling", "Failure", "Completed", "ToUser, SendAck, StopRetransmit", "D" },
        { "Calling", "End", "Terminated", "InformTimeout", "Keep" },
        { "Calling", "TransportError", "Terminated", "InformTransportError", "Keep" },
        { "Proceeding", "Provisional", "Proceeding", "ToUser", "Keep" },
        { "Proceeding", "Success", "Accepted", "ToUser", "M" },
        { "Proceeding", "Failure", "Completed", "ToUser, SendAck", "D" },
        { "Proceeding", "End", "Terminated", "InformTimeout", "Keep" },
        { "Completed", "Failure", "Completed", "SendAck", "Keep" },
        { "Completed", "TransportError", "Terminated", "InformTransportError", "Keep" },
        { "Completed", "End", "Terminated", None, "Keep" },
        { "Accepted", "Success", "Accepted", "ToUser", "Keep" },
        { "Accepted", "End", "Terminated", None, "Keep" },
    };

    public static TheoryData<string, string, string, string, string> NonInviteClient => new()
    {
        { "Trying", "Start", "Trying", "SendRequest, StartRetransmit", "F" },
        { "Trying", "Retransmit", "Trying", "SendRequest, DoubleRetransmitToT2", "Keep" },
        { "Trying", "Provisional", "Proceeding", "ToUser", "Keep" },
        { "Trying", "Success", "Completed", "ToUser, StopRetransmit", "K" },
        { "Trying", "Failure", "Completed", "ToUser, StopRetransmit", "K" },
        { "Trying", "End", "Terminated", "InformTimeout", "Keep" },
        { "Trying", "TransportError", "Terminated", "InformTransportError", "Keep" },
        { "Proceeding", "Retransmit", "Proceeding", "SendRequest, RetransmitAfterT2", "Keep" },
        { "Proceeding", "Provisional", "Proceeding", "ToUser", "Keep" },
        { "Proceeding", "Success", "Completed", "ToUser, StopRetransmit", "K" },
        { "Proceeding", "Failure", "Completed", "ToUser, StopRetransmit", "K" },
        { "Proceeding", "End", "Terminated", "InformTimeout", "Keep" },
        { "Proceeding", "TransportError", "Terminated", "InformTransportError", "Keep" },
        { "Completed", "End", "Terminated", None, "Keep" },
    };

    public static TheoryData<string, string, string, string, string> InviteServer => new()
    {
        { "Proceeding", "Start", "Proceeding", "ToUser, StartTryingDelay", "Keep" },
        { "Proceeding", "Retransmit", "Proceeding", "SendTrying", "Keep" },
        { "Proceeding", "Request", "Proceeding", "RepeatResponse", "Keep" },
        { "Proceeding", "Provisional", "Proceeding", "SendResponse, StopRetransmit", "Keep" },
        { "Proceeding", "Success", "Accepted", "SendResponse, StopRetransmit", "L" },
        { "Proceeding", "Failure", "Completed", "SendResponse, StartRetransmit", "H" },
        { "Proceeding", "TransportError", "Proceeding", "InformTransportError", "Keep" },
        { "Completed", "Request", "Completed", "RepeatResponse", "Keep" },
        { "Completed", "Retransmit", "Completed", "RepeatResponse, DoubleRetransmitToT2", "Keep" },
        { "Completed", "Ack", "Confirmed", "StopRetransmit", "I" },
        { "Completed", "End", "Terminated", "InformTimeout", "Keep" },
        { "Completed", "TransportError", "Completed", "InformTransportError", "Keep" },
        { "Confirmed", "End", "Terminated", None, "Keep" },
        { "Accepted", "Success", "Accepted", "SendResponse", "Keep" },
        { "Accepted", "Ack", "Accepted", "ToUser", "Keep" },
        { "Accepted", "TransportError", "Accepted", "InformTransportError", "Keep" },
        { "Accepted", "End", "Terminated", None, "Keep" },
    };

    public static TheoryData<string, string, string, string, string> NonInviteServer => new()
    {
        { "Trying", "Start", "Trying", "ToUser", "Abandon" },
        { "Trying", "Provisional", "Proceeding", "SendResponse", "Keep" },
        { "Trying", "Success", "Completed", "SendResponse", "J" },
        { "Trying", "Failure", "Completed", "SendResponse", "J" },
        { "Trying", "End", "Terminated", "InformTimeout", "Keep" },
        { "Proceeding", "Request", "Proceeding", "RepeatResponse", "Keep" },
        { "Proceeding", "Provisional", "Proceeding", "SendResponse", "Keep" },
        { "Proceeding", "Success", "Completed", "SendResponse", "J" },
        { "Proceeding", "Failure", "Completed", "SendResponse", "J" },
        { "Proceeding", "TransportError", "Terminated", "InformTransportError", "Keep" },
        { "Proceeding", "End", "Terminated", "InformTimeout", "Keep" },
        { "Completed", "Request", "Completed", "RepeatResponse", "Keep" },
        { "Completed", "TransportError", "Terminated", "InformTransportError", "Keep" },
        { "Completed", "End", "Terminated", None, "Keep" },
    };

    [Theory]
    [MemberData(nameof(InviteClient))]
    public void Invite_client(string state, string input, string next, string actions, string timer) =>
        Assert.Equal(Row(next, actions, timer), InviteClientFsm.Next(State(state), Enum.Parse<ClientInput>(input)));

    [Theory]
    [MemberData(nameof(NonInviteClient))]
    public void Non_invite_client(string state, string input, string next, string actions, string timer) =>
        Assert.Equal(Row(next, actions, timer), NonInviteClientFsm.Next(State(state), Enum.Parse<ClientInput>(input)));

    [Theory]
    [MemberData(nameof(InviteServer))]
    public void Invite_server(string state, string input, string next, string actions, string timer) =>
        Assert.Equal(Row(next, actions, timer), InviteServerFsm.Next(State(state), Enum.Parse<ServerInput>(input)));

    [Theory]
    [MemberData(nameof(NonInviteServer))]
    public void Non_invite_server(string state, string input, string next, string actions, string timer) =>
        Assert.Equal(Row(next, actions, timer), NonInviteServerFsm.Next(State(state), Enum.Parse<ServerInput>(input)));

    [Fact]
    public void What_has_no_row_changes_nothing()
    {
        AssertNothingElse<ClientInput>(InviteClient, InviteClientFsm.Next);
        AssertNothingElse<ClientInput>(NonInviteClient, NonInviteClientFsm.Next);
        AssertNothingElse<ServerInput>(InviteServer, InviteServerFsm.Next);
        AssertNothingElse<ServerInput>(NonInviteServer, NonInviteServerFsm.Next);
    }

    private static void AssertNothingElse<TInput>(TheoryData<string, string, string, string, string> rows, Func<TransactionState, TInput, Step> next)
        where TInput : struct, Enum
    {
        var known = rows.Select(row => (row.Data.Item1, row.Data.Item2)).ToHashSet();
        foreach (var state in Enum.GetValues<TransactionState>())
        {
            foreach (var input in Enum.GetValues<TInput>())
            {
                if (!known.Contains((state.ToString(), input.ToString())))
                    Assert.Equal(new Step(state), next(state, input));
            }
        }
    }

    private static Step Row(string next, string actions, string timer) =>
        new(State(next), Enum.Parse<TransactionActions>(actions), Enum.Parse<SipTimer>(timer));

    private static TransactionState State(string name) => Enum.Parse<TransactionState>(name);
}
