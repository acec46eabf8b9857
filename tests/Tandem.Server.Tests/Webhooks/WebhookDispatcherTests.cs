using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Tandem.Calls.Calls;
using Tandem.Calls.Events;
using Tandem.Calls.Tenants;
using Tandem.Core.Net;
using Tandem.Core.Privacy;
using Tandem.Server.Rest;
using Tandem.Storage.Webhooks;

namespace Tandem.Server.Webhooks;

/// <summary>Events of the exchange at a real receiver, through database and API.</summary>
public sealed class WebhookDispatcherTests : IAsyncLifetime
{
    private static readonly DateTimeOffset At = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    private readonly WebhookReceiver _receiver = new();
    private ApiServer _server = null!;

    public async ValueTask InitializeAsync()
    {
        await _receiver.StartAsync();
        _server = await ServerAsync(TimeSpan.FromMilliseconds(50));
    }

    private static Task<ApiServer> ServerAsync(TimeSpan poll) =>
        ApiServer.StartAsync(options => options with
        {
            Webhooks = new WebhookOptions
            {
                AllowPrivate = NetPrefix.TryParse("127.0.0.0/8", out var loopback) ? [loopback] : [],
                Timeout = TimeSpan.FromSeconds(60),
                RetryMinimum = TimeSpan.FromMilliseconds(20),
                RetryMaximum = TimeSpan.FromMilliseconds(100),
                Attempts = 1_000,
                PollInterval = poll,
            },
        });

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        await _receiver.DisposeAsync();
    }

    [Fact]
    public async Task Events_arrive_signed_and_those_of_a_call_in_order()
    {
        var (id, secret) = await AddAsync("call.*");
        _server.Webhooks.Start();
        for (var i = 0; i < 20; i++)
            Call(i);
        await _receiver.TakenAsync(60);

        var all = _receiver.All.ToList();
        Assert.Equal(60, all.Count);
        foreach (var call in all.GroupBy(received => received.Call))
            Assert.Equal(["call.created", "call.answered", "call.ended"], call.Select(received => received.Type));

        Assert.All(all, received =>
        {
            var time = long.Parse(received.Timestamp, CultureInfo.InvariantCulture);
            Assert.Equal(WebhookSignature.Sign(received.Id, time, received.Body, new Secret(secret)), received.Signature);
            Assert.Equal(received.Id, received.Json.GetProperty("id").GetString());
            Assert.Equal("application/json", received.Headers["Content-Type"]);
            Assert.False(received.Headers.ContainsKey("traceparent"));
        });

        await Until.TrueAsync(() => _server.Webhooks.Statistics() is { Waiting: 0, Delivered: 60 });
        var page = await DeliveriesAsync(id);
        Assert.Equal(60, page.GetProperty("counts").GetProperty("DELIVERED").GetInt64());
        Assert.Equal((true, 1, 0L, 0L), (_server.Webhooks.Statistics().IsLeader, _server.Webhooks.Statistics().Webhooks, _server.Webhooks.Statistics().Dead, _server.Webhooks.Statistics().Dropped));
    }

    [Fact]
    public async Task A_receiver_that_goes_away_and_comes_back_gets_everything()
    {
        await AddAsync("call.ended");
        _server.Webhooks.Start();
        for (var i = 0; i < 10; i++)
            Call(i);
        await _receiver.TakenAsync(10);

        await _receiver.StopAsync();
        for (var i = 10; i < 50; i++)
            Call(i);
        await Until.TrueAsync(() => _server.Webhooks.Statistics().FailedAttempts >= 20);
        await _receiver.StartAsync();
        await _receiver.TakenAsync(50);

        Assert.Equal(Enumerable.Range(0, 50).Select(Id).Order(), _receiver.All.Select(received => received.Call).Distinct().Order());
    }

    [Fact]
    public async Task While_an_event_fails_the_later_ones_of_its_call_wait()
    {
        await AddAsync("*");
        var refused = 0;
        _receiver.Answer = (received, context) =>
        {
            context.Response.StatusCode = received.Type == "call.created" && Interlocked.Increment(ref refused) <= 5 ? 500 : 200;
            return Task.CompletedTask;
        };
        _server.Webhooks.Start();
        Call(1);
        await _receiver.TakenAsync(3);

        Assert.Equal(["call.created", "call.answered", "call.ended"], _receiver.All.Select(received => received.Type));
        Assert.Equal(6, refused);
    }

    [Fact]
    public async Task What_the_receiver_never_takes_becomes_a_dead_letter_that_can_be_replayed()
    {
        var (id, _) = await AddAsync("call.ended");
        var isGone = true;
        _receiver.Answer = (_, context) =>
        {
            context.Response.StatusCode = Volatile.Read(ref isGone) ? 410 : 200;
            return Task.CompletedTask;
        };
        _server.Webhooks.Start();
        Call(1);
        Call(2);
        await Until.TrueAsync(() => _server.Webhooks.Statistics().Dead == 2);
        var dead = await DeadAsync(id, 2);
        Assert.Equal("the receiver wants no more (410)", dead[0].GetProperty("lastError").GetString());
        Assert.Equal(410, dead[0].GetProperty("lastStatus").GetInt32());
        var deliveryId = dead[0].GetProperty("id").GetString();
        var detail = await DataAsync($"/api/v1/webhooks/{id}/deliveries/{deliveryId}");
        Assert.Equal("call.ended", detail.GetProperty("event").GetProperty("type").GetString());

        Volatile.Write(ref isGone, false);
        Assert.Equal(200, (await _server.SendAsync(HttpMethod.Post, $"/api/v1/webhooks/{id}/deliveries/{deliveryId}/replay")).Status);
        await _receiver.TakenAsync(1);
        Assert.Equal(dead[0].GetProperty("eventId").GetString(), _receiver.All.Single().Id);

        var (status, body) = await _server.SendAsync(HttpMethod.Post, $"/api/v1/webhooks/{id}/replay");
        Assert.Equal((200, 1), (status, JsonDocument.Parse(body).RootElement.GetProperty("data").GetProperty("replayed").GetInt32()));
        await _receiver.TakenAsync(2);
    }

    [Fact]
    public async Task A_redirect_is_not_followed()
    {
        var (id, _) = await AddAsync("call.ended");
        var asked = 0;
        _receiver.Answer = (_, context) =>
        {
            Interlocked.Increment(ref asked);
            context.Response.Redirect($"http://127.0.0.1:{_receiver.Port}/elsewhere");
            return Task.CompletedTask;
        };
        _server.Webhooks.Start();
        Call(1);
        await Until.TrueAsync(() => Volatile.Read(ref asked) >= 2);
        await Until.TrueAsync(() => _server.Webhooks.Statistics().FailedAttempts >= 2);

        var delivery = (await DeliveriesAsync(id)).GetProperty("deliveries")[0];
        Assert.Equal("PENDING", delivery.GetProperty("state").GetString());
        Assert.Equal("the receiver redirects, which is not followed", delivery.GetProperty("lastError").GetString());
        Assert.Equal(302, delivery.GetProperty("lastStatus").GetInt32());
    }

    [Fact]
    public async Task One_receiver_has_a_few_deliveries_at_a_time()
    {
        await AddAsync("call.ended");
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var inside = 0;
        _receiver.Answer = async (_, context) =>
        {
            Interlocked.Increment(ref inside);
            await gate.Task;
            context.Response.StatusCode = 200;
        };
        _server.Webhooks.Start();
        for (var i = 0; i < 30; i++)
            Call(i);
        await Until.TrueAsync(() => Volatile.Read(ref inside) == 4);
        await Until.TrueAsync(() => _server.Webhooks.Statistics() is { Waiting: 30, InFlight: 4 });
        gate.SetResult();
        await _receiver.TakenAsync(30);
        Assert.Equal(4, _receiver.MostAtOnce);
    }

    [Fact]
    public async Task An_answer_without_end_is_cut()
    {
        await AddAsync("call.ended");
        _receiver.Answer = async (_, context) =>
        {
            context.Response.StatusCode = 200;
            var block = new byte[64 << 10];
            try
            {
                for (var i = 0; i < 1_000; i++)
                    await context.Response.Body.WriteAsync(block, context.RequestAborted);
            }
            catch (Exception e) when (e is OperationCanceledException or IOException)
            {
                // The sender has seen enough.
            }
        };
        _server.Webhooks.Start();
        Call(1);
        await _receiver.TakenAsync(1);
        await Until.TrueAsync(() => _server.Webhooks.Statistics().Delivered == 1);
    }

    [Fact]
    public async Task A_test_is_sent_whatever_types_are_wanted_and_both_secrets_sign_after_a_change()
    {
        var (id, old) = await AddAsync("message.*");
        _server.Webhooks.Start();
        var (status, body) = await _server.SendAsync(HttpMethod.Post, $"/api/v1/webhooks/{id}/secret");
        Assert.Equal(200, status);
        var present = JsonDocument.Parse(body).RootElement.GetProperty("data").GetProperty("secret").GetString()!;

        // The dispatcher follows the change before the test is sent.
        Assert.Equal(202, (await _server.SendAsync(HttpMethod.Post, $"/api/v1/webhooks/{id}/test")).Status);
        await _receiver.TakenAsync(1);
        var received = _receiver.All.First();
        Assert.Equal("webhook.test", received.Type);
        var time = long.Parse(received.Timestamp, CultureInfo.InvariantCulture);
        Assert.Equal(WebhookSignature.Sign(received.Id, time, received.Body, new Secret(present), new Secret(old)), received.Signature);
    }

    [Fact]
    public async Task A_disabled_webhook_gets_nothing_new_and_what_waits_for_it_comes_later()
    {
        var (id, _) = await AddAsync("call.ended");
        await _receiver.StopAsync();
        _server.Webhooks.Start();
        Call(1);
        await Until.TrueAsync(() => _server.Webhooks.Statistics().FailedAttempts > 0);
        Assert.Equal(200, (await _server.SendAsync(HttpMethod.Patch, $"/api/v1/webhooks/{id}", new { enabled = false })).Status);
        await Until.TrueAsync(() => !IsWanted() && _server.Webhooks.Statistics().InFlight == 0);
        await _receiver.StartAsync();
        Call(2);
        await _server.Storage.Writer.FlushAsync(TestContext.Current.CancellationToken);
        await Until.TrueAsync(() => _server.Storage.WebhookQueue.OutboxLength(1) == 0);

        Assert.Equal(200, (await _server.SendAsync(HttpMethod.Patch, $"/api/v1/webhooks/{id}", new { enabled = true })).Status);
        await Until.TrueAsync(IsWanted);
        await _receiver.TakenAsync(1);
        Call(3);
        await _receiver.TakenAsync(2);
        Assert.Equal([Id(1), Id(3)], _receiver.All.Select(received => received.Call));

        // As soon as the dispatcher has read the change, which is a moment after it is answered.
        bool IsWanted() => _server.Storage.Outbox.IsWanted!(TenantId.Default, "call.ended");
    }

    // The dispatcher has its webhooks as they were and is about to look for what is due: here it waits for a database in which somebody writes.
    [Fact]
    public async Task What_is_made_after_a_change_goes_where_the_change_says()
    {
        await _server.DisposeAsync();
        _server = await ServerAsync(TimeSpan.FromDays(1));
        await using var there = new WebhookReceiver();
        await there.StartAsync();
        var (id, _) = await AddAsync("message.*");
        _server.Webhooks.Start();
        Assert.Equal(202, (await _server.SendAsync(HttpMethod.Post, $"/api/v1/webhooks/{id}/test")).Status);
        await Until.TrueAsync(async () => (await DataAsync($"/api/v1/webhooks/{id}/deliveries?state=delivered")).GetProperty("deliveries").GetArrayLength() == 1);

        await using var connection = await _server.Storage.Database.ConnectAsync(TestContext.Current.CancellationToken);
        await using var command = connection.CreateCommand();
        command.CommandText = "UPDATE webhooks SET url = @url; UPDATE change_versions SET version = version + 1 WHERE topic = 'webhooks'";
        var url = command.CreateParameter();
        (url.ParameterName, url.Value) = ("@url", there.Url);
        command.Parameters.Add(url);
        await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        await using (var transaction = await connection.BeginTransactionAsync(TestContext.Current.CancellationToken))
        {
            _server.Webhooks.Touch(id);

            // Nobody can see that it waits: a moment is enough for most runs, and the outcome is the same in all.
            await Task.Delay(300, TestContext.Current.CancellationToken);
            _server.Storage.Webhooks.Changed!();
            command.Transaction = transaction;
            command.CommandText = "UPDATE webhook_deliveries SET state = 'Pending', attempts = 0, next_attempt_at = 0, finished_at = NULL";
            Assert.Equal(1, await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken));
            await transaction.CommitAsync(TestContext.Current.CancellationToken);
        }

        _server.Webhooks.Touch(id);
        await there.TakenAsync(1);
        Assert.Single(_receiver.All);
    }

    // Nobody tells this node of it, and it does not look again for a day: what lies in the outbox lies there because of a webhook.
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_webhook_that_another_node_has_just_made_gets_the_next_event(bool hasOneAlready)
    {
        await _server.DisposeAsync();
        _server = await ServerAsync(TimeSpan.FromDays(1));
        if (hasOneAlready)
            await AddAsync("registration.added");
        _server.Webhooks.Start();
        await Until.TrueAsync(() => _server.Webhooks.Statistics().IsLeader);
        Assert.NotNull(await _server.Storage.Webhooks.AddAsync(TenantId.Default, _receiver.Url, "", ["call.ended"], enabled: true, most: 10, TestContext.Current.CancellationToken));
        Call(1);
        await _receiver.TakenAsync(1);
        Assert.Equal((Id(1), "call.ended"), (_receiver.All.Single().Call, _receiver.All.Single().Type));
    }

    [Theory]
    [InlineData("http://127.0.0.1:{0}/")]
    [InlineData("http://localhost:{0}/")]
    public async Task A_private_address_is_refused_when_it_is_connected_to(string url)
    {
        using var sender = new WebhookSender(new WebhookOptions(), TimeProvider.System);
        var webhook = new Webhook("wh_1", TenantId.Default, string.Format(CultureInfo.InvariantCulture, url, _receiver.Port), "", ["*"], true, At, At)
        {
            Secret = new Secret("whsec_" + Convert.ToBase64String(new byte[32])),
        };
        var delivery = new WebhookDelivery("d", "wh_1", "evt_1", "call.ended", "", 1, "{}", DeliveryState.Pending, 0, At, At, null, 0, "");

        var attempt = await sender.SendAsync(webhook, delivery, TestContext.Current.CancellationToken);
        Assert.Equal(new DeliveryAttempt(0, "the name leads to private addresses only; the operator allows networks by WEBHOOK_ALLOW_PRIVATE"), attempt);
        Assert.Empty(_receiver.All);
    }

    private async Task<(string Id, string Secret)> AddAsync(params string[] types)
    {
        var (status, body) = await _server.SendAsync(HttpMethod.Post, "/api/v1/webhooks", new { url = _receiver.Url, eventTypes = types });
        Assert.Equal(201, status);
        var data = JsonDocument.Parse(body).RootElement.GetProperty("data");
        return (data.GetProperty("id").GetString()!, data.GetProperty("secret").GetString()!);
    }

    private async Task<JsonElement> DataAsync(string path) => (await _server.JsonAsync(path)).GetProperty("data");

    private Task<JsonElement> DeliveriesAsync(string id) => DataAsync($"/api/v1/webhooks/{id}/deliveries");

    // The outcome is written a moment after it is counted.
    private async Task<List<JsonElement>> DeadAsync(string id, int count)
    {
        while (true)
        {
            var dead = (await DataAsync($"/api/v1/webhooks/{id}/deliveries?state=dead")).GetProperty("deliveries").EnumerateArray().ToList();
            if (dead.Count == count)
                return dead;

            await Task.Delay(10, TestContext.Current.CancellationToken);
        }
    }

    private static string Id(int number) => $"01TEST{number:00000000000000000000}";

    private void Call(int number)
    {
        var call = new CallSnapshot
        {
            Id = new CallId(Id(number)),
            Tenant = TenantId.Default,
            TraceId = "trace",
            State = CallState.Established,
            CallerNumber = "100",
            CalleeNumber = "101",
            InitiatedAt = At,
        };
        var record = new CallDetailRecord
        {
            Id = call.Id,
            Tenant = call.Tenant,
            TraceId = call.TraceId,
            CallerNumber = "100",
            CalleeNumber = "101",
            InitiatedAt = At,
            EndedAt = At.AddSeconds(5),
            Verdict = new Verdict(ResultClass.Success, EndReason.Completed, 200, CallSide.Caller, 16),
        };
        _server.Storage.Outbox.Publish(new CallCreated(call, At));
        _server.Storage.Outbox.Publish(new CallAnswered(call, At));
        _server.Storage.Journal.Closed(record);
    }
}
