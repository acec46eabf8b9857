using System.Text.Json;
using System.Text.Json.Nodes;
using Tandem.Calls.Tenants;
using Tandem.Calls.Trunks;
using Tandem.Core.Privacy;

namespace Tandem.Server.Rest;

public sealed class ProfilesResourceTests
{
    private const string Carrier = """{"name":"carrier","server":"sip.provider.test","userName":"ada","password":"correct horse"}""";

    [Fact]
    public async Task A_profile_is_added_read_changed_and_removed_and_its_password_never_shown()
    {
        await using var server = await ApiServer.StartAsync();
        var (status, body) = await server.SendAsync(HttpMethod.Post, "/api/v1/profiles", JsonNode.Parse(Carrier));
        Assert.Equal(201, status);
        var id = JsonDocument.Parse(body).RootElement.GetProperty("data").GetProperty("id").GetString()!;
        Assert.Equal("correct horse", server.Storage.ProfileDirectory.Find(new ProfileId(id))!.Password.Reveal());

        var changed = await server.SendAsync(HttpMethod.Patch, "/api/v1/profiles/" + id, JsonNode.Parse("""{"port":5080,"transport":"TLS","prefixes":["192.0.2.0/24"]}"""));
        Assert.Equal(200, changed.Status);
        var found = (await server.JsonAsync("/api/v1/profiles/" + id)).GetProperty("data");
        Assert.Equal((5080, "tls", "ada", true), (found.GetProperty("port").GetInt32(), found.GetProperty("transport").GetString(), found.GetProperty("userName").GetString(), found.GetProperty("hasPassword").GetBoolean()));
        Assert.Equal("correct horse", server.Storage.ProfileDirectory.Find(new ProfileId(id))!.Password.Reveal());

        var replaced = await server.SendAsync(HttpMethod.Put, "/api/v1/profiles/" + id, JsonNode.Parse("""{"name":"other","server":"192.0.2.1","registers":false}"""));
        Assert.Equal(200, replaced.Status);
        var after = server.Storage.ProfileDirectory.Find(new ProfileId(id))!;
        Assert.Equal((0, "", "correct horse", false), (after.Port, after.UserName, after.Password.Reveal(), after.Registers));
        Assert.Empty(after.Prefixes);

        var list = await server.GetAsync("/api/v1/profiles");
        Assert.DoesNotContain("horse", body + changed.Body + replaced.Body + list.Body, StringComparison.Ordinal);
        Assert.DoesNotContain(after.Token, body + changed.Body + replaced.Body + list.Body, StringComparison.Ordinal);
        Assert.Equal(200, (await server.SendAsync(HttpMethod.Delete, "/api/v1/profiles/" + id)).Status);
        Assert.Equal((200, """{"success":true,"data":[]}"""), await server.GetAsync("/api/v1/profiles"));
        Assert.Equal(404, (await server.GetAsync("/api/v1/profiles/" + id)).Status);
    }

    [Fact]
    public async Task A_client_certificate_is_checked_kept_and_its_key_never_shown()
    {
        var (certificate, key) = Certificate(DateTimeOffset.UtcNow.AddDays(30));
        var (_, otherKey) = Certificate(DateTimeOffset.UtcNow.AddDays(30));
        var (expired, expiredKey) = Certificate(DateTimeOffset.UtcNow.AddHours(-1));
        await using var server = await ApiServer.StartAsync();
        JsonNode Draft(string? cert, string? secret, string transport = "tls")
        {
            var draft = JsonNode.Parse(Carrier)!.AsObject();
            (draft["transport"], draft["clientCertificate"], draft["clientKey"]) = (transport, cert, secret);
            return draft;
        }

        foreach (var (draft, problem) in new[]
        {
            (Draft(certificate, otherKey), "clientKey: it does not belong"),
            (Draft(certificate, null), "clientKey: the certificate needs"),
            (Draft(null, key), "clientKey: there is no"),
            (Draft(expired, expiredKey), "clientCertificate: it expired"),
            (Draft("x", key), "clientCertificate: 1 to 16"),
            (Draft(certificate, key, "udp"), "clientCertificate: certificates are of use"),
        })
        {
            var (refused, why) = await server.SendAsync(HttpMethod.Post, "/api/v1/profiles", draft);
            Assert.Equal(400, refused);
            Assert.StartsWith(problem, JsonDocument.Parse(why).RootElement.GetProperty("error").GetString(), StringComparison.Ordinal);
        }

        var (status, body) = await server.SendAsync(HttpMethod.Post, "/api/v1/profiles", Draft(certificate, key));
        Assert.Equal(201, status);
        var id = JsonDocument.Parse(body).RootElement.GetProperty("data").GetProperty("id").GetString()!;
        Assert.Equal(key, server.Storage.ProfileDirectory.Find(new ProfileId(id))!.ClientKey.Reveal());

        // What is not named stays; without a certificate there is no key either.
        var changed = await server.SendAsync(HttpMethod.Patch, "/api/v1/profiles/" + id, JsonNode.Parse("""{"port":5061}"""));
        Assert.Equal(200, changed.Status);
        var shown = await server.GetAsync("/api/v1/profiles/" + id);
        var data = JsonDocument.Parse(shown.Body).RootElement.GetProperty("data");
        Assert.Equal((true, certificate), (data.GetProperty("hasClientKey").GetBoolean(), data.GetProperty("clientCertificate").GetString()));
        Assert.InRange(data.GetProperty("clientCertificateExpiresAt").GetDateTimeOffset(), DateTimeOffset.UtcNow.AddDays(29), DateTimeOffset.UtcNow.AddDays(31));
        Assert.DoesNotContain("PRIVATE", body + changed.Body + shown.Body, StringComparison.Ordinal);
        Assert.Equal(200, (await server.SendAsync(HttpMethod.Patch, "/api/v1/profiles/" + id, JsonNode.Parse("""{"clientCertificate":""}"""))).Status);
        Assert.Equal("", server.Storage.ProfileDirectory.Find(new ProfileId(id))!.ClientKey.Reveal());
    }

    [Fact]
    public async Task A_certificate_of_the_provider_is_required_over_tls_alone_and_a_node_that_cannot_ask_for_it_says_so()
    {
        await using var server = await ApiServer.StartAsync();
        foreach (var (inbound, transport, problem) in new[]
        {
            ("perhaps", "tls", "inboundCertificate: none or required"),
            ("required", "tcp", "inboundCertificate: required is of use over transport tls alone"),
        })
        {
            var draft = JsonNode.Parse(Carrier)!.AsObject();
            (draft["inboundCertificate"], draft["transport"]) = (inbound, transport);
            var (refused, why) = await server.SendAsync(HttpMethod.Post, "/api/v1/profiles", draft);
            Assert.Equal((400, problem), (refused, JsonDocument.Parse(why).RootElement.GetProperty("error").GetString()));
        }

        var (status, body) = await server.SendAsync(HttpMethod.Post, "/api/v1/profiles", JsonNode.Parse(Carrier));
        Assert.Equal(201, status);
        var data = JsonDocument.Parse(body).RootElement.GetProperty("data");
        Assert.Equal("none", data.GetProperty("inboundCertificate").GetString());
        Assert.False(server.Storage.ProfileDirectory.RequiresCertificates);
        var id = data.GetProperty("id").GetString()!;
        var changed = await server.SendAsync(HttpMethod.Patch, "/api/v1/profiles/" + id, JsonNode.Parse("""{"transport":"tls","inboundCertificate":"required"}"""));
        Assert.Equal((200, "required"), (changed.Status, JsonDocument.Parse(changed.Body).RootElement.GetProperty("data").GetProperty("inboundCertificate").GetString()));
        Assert.True(server.Storage.ProfileDirectory.RequiresCertificates);

        var profile = server.Storage.ProfileDirectory.Find(new ProfileId(id))!;
        Assert.Equal("", ProfileTls.WarningOf(profile, new TrunkTable()));
        Assert.Contains("listens nowhere over TLS", ProfileTls.WarningOf(profile, new TrunkTable { ListensOverTls = false }), StringComparison.Ordinal);
        var usage = new ProfileUsage();
        usage.NoteUnproven("tls:192.0.2.1:5061", "why", DateTimeOffset.UnixEpoch, TimeSpan.FromMinutes(1));
        var state = new ProfileState { Id = profile.Id, Tenant = profile.Tenant, Status = ProfileStatus.Ready, Since = DateTimeOffset.UnixEpoch };
        var view = ProfileView.From(profile, state, usage, withHistory: false, "careful").State!;
        Assert.Equal(("careful", new UnprovenView(1, DateTimeOffset.UnixEpoch, "tls:192.0.2.1:5061", "why")), (view.Warning, view.Unproven));
        Assert.Equal(200, (await server.SendAsync(HttpMethod.Patch, "/api/v1/profiles/" + id, JsonNode.Parse("""{"enabled":false}"""))).Status);
        Assert.False(server.Storage.ProfileDirectory.RequiresCertificates);
    }

    private static (string Certificate, string Key) Certificate(DateTimeOffset until)
    {
        using var key = System.Security.Cryptography.ECDsa.Create(System.Security.Cryptography.ECCurve.NamedCurves.nistP256);
        var request = new System.Security.Cryptography.X509Certificates.CertificateRequest("CN=trunk", key, System.Security.Cryptography.HashAlgorithmName.SHA256);
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), until);
        return (certificate.ExportCertificatePem(), key.ExportPkcs8PrivateKeyPem());
    }

    // The error names the field.
    private static readonly (string Field, string Change)[] Refused =
    [
        ("name", """{"name":""}"""),
        ("server", """{"server":"not a host"}"""),
        ("server", """{"server":"a\r\nVia: x"}"""),
        ("port", """{"port":65536}"""),
        ("transport", """{"transport":"ws"}"""),
        ("transport", """{"transport":"1"}"""),
        ("userName", """{"userName":""}"""),
        ("userName", """{"userName":"a>\r\nX: y"}"""),
        ("password", """{"password":"a\nb"}"""),
        ("realm", """{"realm":"a\"b"}"""),
        ("domain", """{"domain":"a b"}"""),
        ("outboundProxy", """{"outboundProxy":"http://x"}"""),
        ("callerId", """{"callerId":"\"><sip:x"}"""),
        ("callerName", """{"callerName":"a\u0000"}"""),
        ("codecs", """{"codecs":"PCMA;PCMU"}"""),
        ("srtp", """{"srtp":"maybe"}"""),
        ("expirySeconds", """{"expirySeconds":59}"""),
        ("fromUser", """{"fromUser":"me"}"""),
        ("identity", """{"identity":"me"}"""),
        ("countryCode", """{"countryCode":"0049"}"""),
        ("nationalPrefix", """{"nationalPrefix":"x"}"""),
        ("internationalPrefix", """{"internationalPrefix":"000000"}"""),
        ("numberFormat", """{"numberFormat":"best"}"""),
        ("prefixes", """{"prefixes":["192.0.2.1/24"]}"""),
        ("prefixes", """{"prefixes":[null]}"""),
        ("healthIntervalSeconds", """{"healthIntervalSeconds":1}"""),
        ("priority", """{"priority":-1}"""),
        ("weight", """{"weight":65536}"""),
        ("maxCalls", """{"maxCalls":-1}"""),
        ("maxCallsPerSecond", """{"maxCallsPerSecond":-1}"""),
    ];

    [Fact]
    public async Task What_is_not_accepted_is_named()
    {
        await using var server = await ApiServer.StartAsync();
        foreach (var (field, change) in Refused)
        {
            var draft = JsonNode.Parse(Carrier)!.AsObject();
            foreach (var (name, value) in JsonNode.Parse(change)!.AsObject())
                draft[name] = value?.DeepClone();
            var (status, body) = await server.SendAsync(HttpMethod.Post, "/api/v1/profiles", draft);
            Assert.Equal((400, change), (status, change));
            Assert.StartsWith(field + ": ", JsonDocument.Parse(body).RootElement.GetProperty("error").GetString(), StringComparison.Ordinal);
        }

        Assert.Empty(server.Storage.ProfileDirectory.All());
    }

    [Fact]
    public async Task A_name_is_taken_once_and_a_foreign_profile_is_not_there()
    {
        await using var server = await ApiServer.StartAsync();
        Assert.Equal(201, (await server.SendAsync(HttpMethod.Post, "/api/v1/profiles", JsonNode.Parse(Carrier))).Status);
        Assert.Equal(409, (await server.SendAsync(HttpMethod.Post, "/api/v1/profiles", JsonNode.Parse(Carrier))).Status);

        using (var connection = server.Storage.Database.Connect())
        {
            using var command = connection.CreateCommand();
            command.CommandText = "INSERT INTO tenants (tenant_id, display_name, created_at) VALUES ('other', 'other', 0)";
            command.ExecuteNonQuery();
        }

        var foreign = await server.Storage.Profiles.AddAsync(
            ProfilesResource.Blank(new TenantId("other")) with { Name = "theirs", Server = "192.0.2.1", Password = new Secret("x") }, 10, TestContext.Current.CancellationToken);
        var path = "/api/v1/profiles/" + foreign!.Id.Value;
        Assert.Equal(404, (await server.GetAsync(path)).Status);
        Assert.Equal(404, (await server.SendAsync(HttpMethod.Patch, path, JsonNode.Parse("""{"port":1}"""))).Status);
        Assert.Equal(404, (await server.SendAsync(HttpMethod.Put, path, JsonNode.Parse(Carrier))).Status);
        Assert.Equal(404, (await server.SendAsync(HttpMethod.Delete, path)).Status);
        Assert.Equal(400, (await server.SendAsync(HttpMethod.Put, "/api/v1/numbers/+4930123456", JsonNode.Parse($$"""{"profile":"{{foreign.Id.Value}}","target":"100"}"""))).Status);
    }

    [Fact]
    public async Task Numbers_are_set_listed_and_removed()
    {
        await using var server = await ApiServer.StartAsync();
        const string View = """{"number":"+4930123456","profile":null,"target":"100","label":"office"}""";
        Assert.Equal((200, $$"""{"success":true,"data":{{View}}}"""),
            await server.SendAsync(HttpMethod.Put, "/api/v1/numbers/+4930123456", JsonNode.Parse("""{"target":"100","label":"office"}""")));
        Assert.Equal((200, $$"""{"success":true,"data":[{{View}}]}"""), await server.GetAsync("/api/v1/numbers"));
        Assert.Equal((200, $$"""{"success":true,"data":{{View}}}"""), await server.GetAsync("/api/v1/numbers/+4930123456"));
        Assert.Equal(200, (await server.SendAsync(HttpMethod.Delete, "/api/v1/numbers/+4930123456")).Status);
        Assert.Equal(404, (await server.GetAsync("/api/v1/numbers/+4930123456")).Status);
    }

    private static readonly (string Number, string Body, string Field)[] RefusedNumbers =
    [
        ("+0301", """{"target":"100"}""", "number"),
        ("a%20b", """{"target":"100"}""", "number"),
        ("+4930123456", """{"target":"9999999"}""", "target"),
        ("+4930123456", """{}""", "target"),
        ("+4930123456", """{"target":"trunk:+442079460000"}""", "target"),
        ("+4930123456", """{"target":"external:sip:bob@example.org"}""", "target"),
        ("+4930123456", """{"target":"queue:a b"}""", "target"),
        ("+4930123456", """{"target":"100","profile":"none"}""", "profile"),
        ("+4930123456", """{"target":"100","label":"a\nb"}""", "label"),
    ];

    [Fact]
    public async Task A_number_that_cannot_be_is_refused()
    {
        await using var server = await ApiServer.StartAsync();
        foreach (var (number, body, field) in RefusedNumbers)
        {
            var (status, answer) = await server.SendAsync(HttpMethod.Put, "/api/v1/numbers/" + number, JsonNode.Parse(body));
            Assert.Equal((400, body), (status, body));
            Assert.StartsWith(field + ": ", JsonDocument.Parse(answer).RootElement.GetProperty("error").GetString(), StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("ivr:main")]
    [InlineData("queue:sales")]
    [InlineData("group:sales")]
    [InlineData("room:800")]
    [InlineData("voicemail:100")]
    public async Task A_number_leads_to_a_destination_inside(string target)
    {
        await using var server = await ApiServer.StartAsync();
        Assert.InRange((await server.SendAsync(HttpMethod.Put, "/api/v1/numbers/+4930123456", new { target })).Status, 200, 201);
        Assert.Equal(target, (await server.JsonAsync("/api/v1/numbers/+4930123456")).GetProperty("data").GetProperty("target").GetString());
    }
}
