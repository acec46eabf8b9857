using Tandem.Calls.Tenants;
using Tandem.Core.Privacy;
using Tandem.Storage.Security;

namespace Tandem.Storage.Tests.Security;

public sealed class SecretBoxTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("tandem-keys-").FullName;

    [Fact]
    public void A_secret_opens_only_for_its_owner_and_purpose()
    {
        var box = SecretBox.Open(_directory);
        var text = box.Seal(TenantId.Default, "100", "sip", new Secret("geheim ✓"));

        Assert.Equal("geheim ✓", box.TryUnseal(TenantId.Default, "100", "sip", text)!.Reveal());
        Assert.Null(box.TryUnseal(TenantId.Default, "101", "sip", text));
        Assert.Null(box.TryUnseal(TenantId.Default, "100", "trunk", text));
        Assert.Null(box.TryUnseal(new TenantId("other"), "100", "sip", text));
    }

    [Fact]
    public void Each_sealing_has_its_own_nonce()
    {
        var box = SecretBox.Open(_directory);
        Assert.NotEqual(box.Seal(TenantId.Default, "100", "sip", new Secret("x")), box.Seal(TenantId.Default, "100", "sip", new Secret("x")));
    }

    [Fact]
    public void A_changed_byte_anywhere_is_noticed()
    {
        var box = SecretBox.Open(_directory);
        var bytes = Convert.FromBase64String(box.Seal(TenantId.Default, "100", "sip", new Secret("secret")));
        for (var i = 0; i < bytes.Length; i++)
        {
            bytes[i] ^= 1;
            Assert.Null(box.TryUnseal(TenantId.Default, "100", "sip", Convert.ToBase64String(bytes)));
            bytes[i] ^= 1;
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("not base64!")]
    [InlineData("AQ==")]
    public void Text_that_was_never_sealed_opens_to_nothing(string text) =>
        Assert.Null(SecretBox.Open(_directory).TryUnseal(TenantId.Default, "100", "sip", text));

    [Fact]
    public void The_key_stays_and_only_its_owner_reads_it()
    {
        var text = SecretBox.Open(_directory).Seal(TenantId.Default, "100", "sip", new Secret("x"));
        var again = SecretBox.Open(_directory);

        Assert.Equal("x", again.TryUnseal(TenantId.Default, "100", "sip", text)!.Reveal());
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(again.KeyFile));
        Assert.Single(Directory.GetFiles(Path.GetDirectoryName(again.KeyFile)!));
    }

    [Fact]
    public void A_spoiled_key_file_is_refused()
    {
        File.WriteAllText(SecretBox.Open(_directory).KeyFile, "short");
        Assert.Throws<StorageException>(() => SecretBox.Open(_directory));
    }

    public void Dispose() => Directory.Delete(_directory, recursive: true);
}
