using Tandem.Calls.Calls;

namespace Tandem.Server.Rest;

public sealed class CallRecordingResourceTests
{
    private const string Path = "/api/v1/calls/01CALL00000000000000000001/recording";

    [Theory]
    [InlineData("start", RecordingAction.Start)]
    [InlineData("stop", RecordingAction.Stop)]
    [InlineData("pause", RecordingAction.Pause)]
    [InlineData("resume", RecordingAction.Resume)]
    [InlineData("mask", RecordingAction.Mask)]
    [InlineData("unmask", RecordingAction.Unmask)]
    public async Task Each_action_is_asked_of_the_call_and_answers_the_state(string word, RecordingAction action)
    {
        await using var server = await ApiServer.StartAsync();
        server.Exchange.Reply = new RecordingReply(CallRecordingState.Paused, true);
        Assert.Equal((200, """{"success":true,"data":{"recording":"paused"}}"""), await server.SendAsync(HttpMethod.Post, Path, new { action = word }));
        Assert.Equal((new CallId("01CALL00000000000000000001"), action), Assert.Single(server.Exchange.Asked));
    }

    [Theory]
    [InlineData("")]
    [InlineData("Start")]
    [InlineData("0")]
    [InlineData(null)]
    public async Task Another_word_is_400_and_asks_for_nothing(string? word)
    {
        await using var server = await ApiServer.StartAsync();
        Assert.Equal(400, (await server.SendAsync(HttpMethod.Post, Path, new { action = word })).Status);
        Assert.Empty(server.Exchange.Asked);
    }

    [Fact]
    public async Task A_call_that_is_not_there_is_404()
    {
        await using var server = await ApiServer.StartAsync();
        Assert.Equal(404, (await server.SendAsync(HttpMethod.Post, Path, new { action = "start" })).Status);
    }

    [Fact]
    public async Task What_does_not_fit_is_409_with_the_state()
    {
        await using var server = await ApiServer.StartAsync();
        server.Exchange.Reply = new RecordingReply(CallRecordingState.None, false);
        Assert.Equal(
            (409, """{"success":false,"error":"stop does not fit the state none","code":"WRONG_STATE","recording":"none"}"""),
            await server.SendAsync(HttpMethod.Post, Path, new { action = "stop" }));
    }

    [Fact]
    public async Task A_refusal_is_503_with_the_reason()
    {
        await using var server = await ApiServer.StartAsync();
        server.Exchange.Reply = new RecordingReply(CallRecordingState.None, false, "the disk is full");
        Assert.Equal(
            (503, """{"success":false,"error":"The call is not recorded: the disk is full","code":"REFUSED"}"""),
            await server.SendAsync(HttpMethod.Post, Path, new { action = "start" }));
    }

    [Fact]
    public async Task Calls_in_progress_show_it()
    {
        await using var server = await ApiServer.StartAsync();
        server.Exchange.Active.Add(FakeExchange.Call(1, CallState.Established) with { Recording = CallRecordingState.Masked });
        Assert.Equal("masked", (await server.JsonAsync("/api/calls"))[0].GetProperty("recording").GetString());
    }
}
