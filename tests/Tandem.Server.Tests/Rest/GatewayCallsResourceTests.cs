using System.Text.Json;
using Tandem.Calls.Calls;

namespace Tandem.Server.Rest;

/// <summary>compatibility.md §3.1: the calls of document 3, as its users' code asks for them.</summary>
public sealed class GatewayCallsResourceTests(SharedApi shared) : IClassFixture<SharedApi>
{
    private static readonly object New = new { phoneNumber = "+79001234567", direction = "incoming" };

    [Fact]
    public async Task The_life_of_a_record()
    {
        await using var server = await ApiServer.StartAsync();
        var client = Guid.NewGuid().ToString();
        var made = Data(await server.SendAsync(HttpMethod.Post, "/api/v1/calls", new { phoneNumber = "79001234567", direction = "outgoing", clientId = client }), 201);
        var id = made.GetProperty("id").GetString()!;
        Assert.True(Guid.TryParse(id, out _));
        Assert.Equal(["id", "clientId", "phoneNumber", "direction", "status", "duration", "createdAt", "updatedAt"], made.EnumerateObject().Select(p => p.Name));
        Assert.Equal((client, "79001234567", "outgoing", "initiated", 0), (made.GetProperty("clientId").GetString(), made.GetProperty("phoneNumber").GetString(),
            made.GetProperty("direction").GetString(), made.GetProperty("status").GetString(), made.GetProperty("duration").GetInt32()));
        Assert.Matches(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$", made.GetProperty("createdAt").GetString());

        // Only the status is applied.
        var ringing = Data(await server.SendAsync(HttpMethod.Patch, $"/api/v1/calls/{id}/status", new { status = "ringing", duration = 7, summary = "x" }));
        Assert.Equal(("ringing", 0, false), (ringing.GetProperty("status").GetString(), ringing.GetProperty("duration").GetInt32(), ringing.TryGetProperty("summary", out _)));

        var session = Data(await server.SendAsync(HttpMethod.Post, $"/api/v1/calls/{id}/sessions", new { callId = id, userId = client }), 201);
        Assert.Equal(["callId", "sessionId", "userId", "startTime", "lastActivity", "isActive"], session.EnumerateObject().Select(p => p.Name));
        Assert.Single(Data(await server.GetAsync("/api/v1/calls/sessions/active")).EnumerateArray());

        var page = Data(await server.GetAsync("/api/v1/calls?page=1&limit=5"));
        Assert.Equal(id, page.GetProperty("calls")[0].GetProperty("id").GetString());
        Assert.Equal("""{"page":1,"limit":5,"total":1,"pages":1}""", page.GetProperty("pagination").GetRawText());

        var ended = Data(await server.SendAsync(HttpMethod.Post, $"/api/v1/calls/{id}/end", new { duration = 63, sentiment = "positive", confidenceScore = 0.75 }));
        Assert.Equal(("completed", 63, "positive", 0.75), (ended.GetProperty("status").GetString(), ended.GetProperty("duration").GetInt32(), ended.GetProperty("sentiment").GetString(),
            ended.GetProperty("confidenceScore").GetDouble()));
        Assert.Equal(ended.GetRawText(), Data(await server.GetAsync($"/api/v1/calls/{id.ToUpperInvariant()}")).GetRawText());

        // Active calls only.
        Assert.Equal(0, Data(await server.GetAsync("/api/v1/calls")).GetProperty("pagination").GetProperty("total").GetInt32());
        Assert.Empty(Data(await server.GetAsync("/api/v1/calls/sessions/active")).EnumerateArray());
    }

    // Whoever is outside is the phone number of the call.
    [Theory]
    [InlineData(CallDirection.Inbound, "incoming", "100")]
    [InlineData(CallDirection.Outbound, "outgoing", "101")]
    [InlineData(CallDirection.Internal, "outgoing", "101")]
    public async Task A_call_of_the_exchange_has_one_of_two_directions(CallDirection direction, string word, string number)
    {
        await using var server = await ApiServer.StartAsync();
        server.Exchange.Active.Add(FakeExchange.Call(1, CallState.Ringing) with { Direction = direction, ProfileId = "sp_1" });
        var call = Data(await server.GetAsync("/api/v1/calls")).GetProperty("calls")[0];
        Assert.Equal((word, number), (call.GetProperty("direction").GetString(), call.GetProperty("phoneNumber").GetString()));
    }

    [Fact]
    public async Task Calls_of_the_exchange_stand_first_and_are_found_by_their_trace_id()
    {
        await using var server = await ApiServer.StartAsync();
        server.Exchange.Active.Add(FakeExchange.Call(1, CallState.Ringing) with { TraceId = "0123456789ab4def8123456789abcdef" });
        for (var i = 0; i < 12; i++)
            Data(await server.SendAsync(HttpMethod.Post, "/api/v1/calls", New), 201);

        var seen = new List<string>();
        for (var page = 1; page <= 3; page++)
        {
            var data = Data(await server.GetAsync($"/api/v1/calls?page={page}&limit=5"));
            Assert.Equal((13, 3), (data.GetProperty("pagination").GetProperty("total").GetInt32(), data.GetProperty("pagination").GetProperty("pages").GetInt32()));
            seen.AddRange(data.GetProperty("calls").EnumerateArray().Select(call => call.GetProperty("id").GetString()!));
        }

        Assert.Equal((13, 13), (seen.Count, seen.Distinct().Count()));
        Assert.Equal("01234567-89ab-4def-8123-456789abcdef", seen[0]);
        Assert.Equal("ringing", Data(await server.GetAsync($"/api/v1/calls/{seen[0]}")).GetProperty("status").GetString());
    }

    [Theory]
    [InlineData("""{"direction":"incoming"}""", "Ошибка валидации: \"phoneNumber\" is required")]
    [InlineData("""{"phoneNumber":"0123","direction":"incoming"}""", "Ошибка валидации: \"phoneNumber\" must match")]
    [InlineData("""{"phoneNumber":"+7900\n","direction":"incoming"}""", "Ошибка валидации: \"phoneNumber\" must match")]
    [InlineData("""{"phoneNumber":79001234567,"direction":"incoming"}""", "Ошибка валидации: \"phoneNumber\" must match")]
    [InlineData("""{"phoneNumber":"+79001234567","direction":"internal"}""", "Ошибка валидации: \"direction\" must be one of [incoming, outgoing]")]
    [InlineData("""{"phoneNumber":"+79001234567","direction":"incoming","clientId":"7"}""", "Ошибка валидации: \"clientId\" must be a valid GUID")]
    [InlineData("""{"phoneNumber":"+79001234567","direction":"incoming","more":1}""", "Ошибка валидации: \"more\" is not allowed")]
    [InlineData("""[]""", "Ошибка валидации: the body must be an object")]
    [InlineData("""{""", "Ошибка валидации: the body must be JSON")]
    public async Task What_cannot_be_made_names_the_field_and_what_is_accepted(string body, string error)
    {
        var server = shared.Server;
        using var content = new StringContent(body, System.Text.Encoding.UTF8, "application/json");
        using var response = await server.Client.PostAsync("/api/v1/calls", content, TestContext.Current.CancellationToken);
        var failure = JsonDocument.Parse(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).RootElement;
        Assert.Equal(400, (int)response.StatusCode);
        Assert.False(failure.GetProperty("success").GetBoolean());
        Assert.StartsWith(error, failure.GetProperty("error").GetString());
    }

    [Theory]
    [InlineData("GET", "/api/v1/calls/7", null, 400, "Ошибка валидации параметров")]
    [InlineData("GET", "/api/v1/calls?page=0", null, 400, "Ошибка валидации запроса")]
    [InlineData("GET", "/api/v1/calls?limit=101", null, 400, "Ошибка валидации запроса")]
    [InlineData("GET", "/api/v1/calls/00000000-0000-4000-8000-000000000000", null, 404, "Звонок не найден")]
    [InlineData("PATCH", "/api/v1/calls/00000000-0000-4000-8000-000000000000/status", """{"status":"busy"}""", 404, "Звонок не найден")]
    [InlineData("PATCH", "/api/v1/calls/00000000-0000-4000-8000-000000000000/status", """{"status":"dead"}""", 400, "Ошибка валидации: \"status\" must be one of")]
    [InlineData("PATCH", "/api/v1/calls/00000000-0000-4000-8000-000000000000/status", """{"confidenceScore":1.5}""", 400, "Ошибка валидации: \"confidenceScore\"")]
    [InlineData("PATCH", "/api/v1/calls/00000000-0000-4000-8000-000000000000/status", """{"recordingUrl":"x"}""", 400, "Ошибка валидации: \"recordingUrl\"")]
    [InlineData("POST", "/api/v1/calls/00000000-0000-4000-8000-000000000000/end", """{"duration":1}""", 404, "Звонок не найден")]
    [InlineData("POST", "/api/v1/calls/00000000-0000-4000-8000-000000000000/end", """{}""", 400, "Ошибка валидации: \"duration\" is required")]
    [InlineData("POST", "/api/v1/calls/00000000-0000-4000-8000-000000000000/end", """{"duration":-1}""", 400, "Ошибка валидации: \"duration\"")]
    [InlineData("POST", "/api/v1/calls/00000000-0000-4000-8000-000000000000/sessions", """{}""", 400, "Ошибка валидации: \"callId\" is required")]
    public async Task What_is_asked_wrongly_is_refused_in_document_3s_words(string method, string path, string? body, int status, string error)
    {
        var server = shared.Server;
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        if (body is not null)
            request.Content = new StringContent(body, System.Text.Encoding.UTF8, "application/json");
        using var response = await server.Client.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.Equal(status, (int)response.StatusCode);
        Assert.StartsWith(error, JsonDocument.Parse(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).RootElement.GetProperty("error").GetString());
    }

    [Theory]
    [InlineData("POST", "/api/v1/calls", """{"phoneNumber":"+79001234567","direction":"incoming"}""")]
    [InlineData("PATCH", "/api/v1/calls/00000000-0000-4000-8000-000000000000/status", """{"status":"busy"}""")]
    public async Task A_body_without_a_type_is_refused(string method, string path, string body)
    {
        await using var server = await ApiServer.StartAsync();
        using var request = new HttpRequestMessage(new HttpMethod(method), path) { Content = new ByteArrayContent(System.Text.Encoding.UTF8.GetBytes(body)) };
        using var response = await server.Client.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.Equal(400, (int)response.StatusCode);
    }

    [Fact]
    public async Task Another_tenant_finds_nothing()
    {
        await using var server = await ApiServer.StartAsync();
        var id = Data(await server.SendAsync(HttpMethod.Post, "/api/v1/calls", New), 201).GetProperty("id").GetString();
        var other = new Tandem.Calls.Tenants.TenantId("other");
        Assert.Null(await server.Storage.Gateway.FindAsync(other, id!, TestContext.Current.CancellationToken));
        Assert.Equal(0, (await server.Storage.Gateway.ActiveAsync(other, 0, 10, TestContext.Current.CancellationToken)).Total);
    }

    private static JsonElement Data((int Status, string Body) answer, int status = 200)
    {
        Assert.True(answer.Status == status, answer.Body);
        var root = JsonDocument.Parse(answer.Body).RootElement;
        Assert.True(root.GetProperty("success").GetBoolean());
        return root.GetProperty("data");
    }
}
