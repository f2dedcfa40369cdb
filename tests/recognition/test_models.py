"""Models: found, checked, fetched, resumed; and archives that mean harm."""

import io
import json
import stat
import sys
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

from voice.recognition.errors import BrokenModelError, DownloadError, ModelError, ModelLanguageError, ModelMissingError
from voice.recognition.models import archive, download
from voice.recognition.models.archive import HostileArchiveError, unpack
from voice.recognition.models.catalogue import CATALOGUE, in_catalogue, is_name, language_of, read_model_list
from voice.recognition.models.installed import (
    cache_folder,
    check_model,
    find_model,
    get_model,
    installed_models,
)

from .model_server import SMALL_MODEL, ModelServer, model_zip, zipped

NAME = "vosk-model-small-xx-0.1"


def quiet(_done: int, _total: int) -> None:
    pass


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("VOICE_MODELS", str(tmp_path / "models"))
    monkeypatch.delenv("VOICE_MODELS_URL", raising=False)
    monkeypatch.setattr(download, "PAUSE_SECONDS", 0.0)
    return tmp_path / "models"


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[ModelServer]:
    with ModelServer() as running:
        monkeypatch.setenv("VOICE_MODELS_URL", running.url + "/")
        yield running


def make_model(folder: Path, without: str = "", empty: str = "", flat: bool = False) -> Path:
    for name, data in SMALL_MODEL.items():
        path = folder / (name.split("/")[-1] if flat else name)
        if without != name:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(b"" if empty == name else data)
    return folder


def left_over(cache: Path) -> list[str]:
    return sorted(path.name for path in cache.iterdir())


# Found


def test_a_folder_is_taken_as_it_is(tmp_path: Path) -> None:
    found = find_model("xx", str(make_model(tmp_path / NAME)))
    assert (found.language, found.rate, found.dynamic, found.source) == ("xx", 8000, True, "folder")


def test_a_folder_in_a_package_is_of_the_packages_language(tmp_path: Path) -> None:
    inside = make_model(tmp_path / "vosk_model_xx" / "model")
    assert check_model(inside).language == "xx"
    with pytest.raises(ModelLanguageError):
        find_model("nl", str(inside))


def test_the_old_flat_layout_is_a_model_too(tmp_path: Path) -> None:
    assert check_model(make_model(tmp_path / "flat", flat=True)).dynamic


def test_a_static_graph_takes_no_phrases(tmp_path: Path) -> None:
    folder = make_model(tmp_path / "static")
    (folder / "graph" / "HCLG.fst").write_bytes(b"hclg")
    assert not check_model(folder).dynamic


@pytest.mark.parametrize("name", SMALL_MODEL)
def test_a_model_that_lacks_a_file_is_refused_by_the_files_name(tmp_path: Path, name: str) -> None:
    with pytest.raises(BrokenModelError, match=f"{name} is missing"):
        check_model(make_model(tmp_path / "m", without=name))
    with pytest.raises(BrokenModelError, match=f"{name} is empty"):
        check_model(make_model(tmp_path / "n", empty=name))


def test_a_half_ivector_extractor_is_refused(tmp_path: Path) -> None:
    folder = make_model(tmp_path / "m")
    (folder / "ivector").mkdir()
    (folder / "ivector" / "final.ie").write_bytes(b"ie")
    with pytest.raises(BrokenModelError, match=r"ivector/splice\.conf is missing"):
        check_model(folder)


def test_a_model_of_another_language_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelLanguageError, match="is for 'xx', and 'nl'"):
        find_model("nl", str(make_model(tmp_path / NAME)))
    assert find_model("xx-BE", str(tmp_path / NAME)).language == "xx"


def test_a_folder_that_tells_no_language_is_taken_for_any(tmp_path: Path) -> None:
    assert find_model("nl", str(make_model(tmp_path / "mine"))).language == ""


def test_an_installed_package_carries_a_model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make_model(tmp_path / "site" / "vosk_model_qq" / "model")
    (tmp_path / "site" / "vosk_model_qq" / "__init__.py").write_text("raise RuntimeError('must not be imported')")
    monkeypatch.setattr(sys, "path", [str(tmp_path / "site"), *sys.path])
    assert find_model("qq").source == "package"
    assert "qq" in [found.language for found in installed_models()]


def test_what_a_package_carries_is_not_fetched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VOICE_MODELS_URL", "http://127.0.0.1:9")
    make_model(tmp_path / "site" / "vosk_model_qq" / "model")
    (tmp_path / "site" / "vosk_model_qq" / "__init__.py").touch()
    monkeypatch.setattr(sys, "path", [str(tmp_path / "site"), *sys.path])
    assert get_model("qq", quiet).source == "package"


def test_the_default_comes_before_a_bigger_one(cache: Path) -> None:
    default = CATALOGUE[0].name
    for name in ("vosk-model-nl-spraakherkenning-0.6-lgraph", default):
        make_model(cache / name)
    assert find_model("nl").name == default
    assert find_model("nl", "vosk-model-nl-spraakherkenning-0.6-lgraph").name.endswith("lgraph")


@pytest.mark.parametrize("model", ["", NAME, "/no/such/folder", "../escape"])
def test_no_model_says_how_to_get_one(model: str) -> None:
    with pytest.raises(ModelMissingError) as caught:
        find_model("xx", model)
    assert caught.value.mend


def test_a_damaged_default_is_named_rather_than_missed(cache: Path) -> None:
    make_model(cache / CATALOGUE[0].name, without="graph/Gr.fst")
    with pytest.raises(BrokenModelError, match=r"Gr\.fst is missing"):
        find_model("nl")


def test_the_cache_is_the_users_own_unless_chosen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VOICE_MODELS", "~/here")
    assert cache_folder() == Path.home() / "here"
    monkeypatch.delenv("VOICE_MODELS")
    assert "rechtdoor" in cache_folder().parts


# Fetched


def test_a_model_is_fetched_whole(server: ModelServer, cache: Path) -> None:
    server.offer(NAME)
    seen: list[tuple[int, int]] = []
    found = get_model("xx", lambda done, total: seen.append((done, total)))
    size = len(model_zip(NAME))
    assert seen[0] == (0, size)
    assert seen[-1] == (size, size)
    assert left_over(cache) == [NAME]
    assert found.path == cache / NAME
    assert found == find_model("xx")
    assert get_model(NAME, quiet) == found
    assert len(server.downloads()) == 1


@pytest.mark.parametrize("listed", [True, False], ids=["list", "no list"])
def test_a_break_is_resumed_within_one_run(server: ModelServer, cache: Path, listed: bool) -> None:
    server.offer(NAME)
    server.break_after = [20_000, 10_000]
    if not listed:
        server.files.pop("/model-list.json")
        server.files[f"/{CATALOGUE[-1].name}.zip"] = model_zip(CATALOGUE[-1].name)
    name = NAME if listed else CATALOGUE[-1].name  # known by name, with no checksum
    assert get_model(name, quiet).path == cache / name
    assert server.downloads() == ["", "bytes=20000-", "bytes=30000-"]


def test_a_break_is_resumed_by_the_next_run(server: ModelServer, cache: Path) -> None:
    server.offer(NAME)
    server.break_after = [20_000, 1, 1]
    with pytest.raises(DownloadError, match=r"broke off after 0\.0 MB") as caught:
        get_model("xx", quiet)
    assert "goes on from there" in caught.value.mend
    assert left_over(cache) == [f"{NAME}.zip.part"]
    assert get_model("xx", quiet).path == cache / NAME
    assert server.downloads()[-1] == "bytes=20002-"


def test_a_server_without_ranges_is_asked_for_all_of_it(server: ModelServer, cache: Path) -> None:
    server.offer(NAME)
    server.ranges = False
    server.break_after = [20_000]
    assert get_model("xx", quiet).path == cache / NAME


def test_a_stale_half_file_is_thrown_away(server: ModelServer, cache: Path) -> None:
    server.offer(NAME)
    cache.mkdir()
    part = cache / f"{NAME}.zip.part"
    part.write_bytes(b"another file" * 100)
    get_model("xx", quiet)
    assert server.downloads() == ["bytes=1200-", ""]
    assert left_over(cache) == [NAME]


@pytest.mark.parametrize("longer", [0, 1])
def test_a_half_file_as_long_as_the_whole_is_judged_by_its_checksum(
    server: ModelServer, cache: Path, longer: int
) -> None:
    server.offer(NAME)
    cache.mkdir()
    (cache / f"{NAME}.zip.part").write_bytes(bytes(len(model_zip(NAME)) + longer))
    get_model("xx", quiet)
    assert server.downloads() == [""]


def test_a_whole_half_file_of_unknown_size_is_used(server: ModelServer, cache: Path) -> None:
    name = CATALOGUE[-1].name
    server.files[f"/{name}.zip"] = model_zip(name)
    cache.mkdir()
    (cache / f"{name}.zip.part").write_bytes(model_zip(name))
    assert get_model(name, quiet).path == cache / name


def test_a_file_that_is_not_what_was_published_is_never_used(server: ModelServer, cache: Path) -> None:
    server.offer(NAME, listed=lambda row: row.update(md5="0" * 32))
    with pytest.raises(DownloadError, match="checksum"):
        get_model("xx", quiet)
    assert left_over(cache) == []
    assert len(server.downloads()) == 2


def test_the_checksums_written_here_hold_for_a_mirror(server: ModelServer, cache: Path) -> None:
    server.offer(CATALOGUE[0].name)
    with pytest.raises(DownloadError):
        get_model("nl", quiet)
    assert not (cache / CATALOGUE[0].name).exists()
    assert ("/model-list.json", "") not in server.asked


def test_a_damaged_archive_without_a_checksum_is_fetched_once_more(server: ModelServer, cache: Path) -> None:
    name = CATALOGUE[-1].name
    data = bytearray(model_zip(name))
    data[5000] ^= 0xFF
    server.files[f"/{name}.zip"] = bytes(data)
    with pytest.raises(DownloadError, match="damaged"):
        get_model(name, quiet)
    assert len(server.downloads()) == 2
    assert left_over(cache) == []


def test_a_whole_archive_without_the_models_files_is_not_installed(server: ModelServer, cache: Path) -> None:
    server.offer(NAME, zipped({"README": b"no model"}, NAME))
    with pytest.raises(BrokenModelError):
        get_model("xx", quiet)
    assert left_over(cache) == []


def test_a_damaged_folder_in_the_cache_is_replaced(server: ModelServer, cache: Path) -> None:
    server.offer(NAME)
    make_model(cache / NAME, without="am/final.mdl")
    assert get_model("xx", quiet).path == cache / NAME
    assert left_over(cache) == [NAME]


def test_a_busy_server_is_asked_again(server: ModelServer) -> None:
    server.offer(NAME)
    server.statuses = [503, 429]
    assert get_model("xx", quiet).name == NAME


@pytest.mark.parametrize(
    ("statuses", "says"), [([404], "does not exist"), ([403], "refused"), ([500] * 3, "cannot be reached")]
)
def test_a_server_that_refuses(server: ModelServer, statuses: list[int], says: str) -> None:
    server.offer(NAME)
    server.statuses = statuses
    with pytest.raises(DownloadError, match=says) as caught:
        get_model("xx", quiet)
    assert caught.value.mend


def test_an_unknown_language_names_what_there_is(server: ModelServer) -> None:
    server.offer(NAME)
    with pytest.raises(ModelMissingError, match="'tlh'") as caught:
        get_model("tlh", quiet)
    assert "vosk-model-small-nl-0.22" in caught.value.mend


def test_offline_says_so_and_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VOICE_MODELS_URL", "http://127.0.0.1:9")
    with pytest.raises(DownloadError, match="cannot be reached") as caught:
        get_model("nl", quiet)
    assert "--model" in caught.value.mend
    with pytest.raises(ModelMissingError, match=r"list of .* could not be read"):
        get_model("xx", quiet)


def test_what_is_there_needs_no_network(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VOICE_MODELS_URL", "http://127.0.0.1:9")
    make_model(cache / CATALOGUE[0].name)
    assert get_model("nl", quiet).path == cache / CATALOGUE[0].name


def test_a_folder_that_cannot_be_made(server: ModelServer, cache: Path) -> None:
    server.offer(NAME)
    cache.write_text("a file in the way")
    with pytest.raises(DownloadError) as caught:
        get_model("xx", quiet)
    assert "VOICE_MODELS" in caught.value.mend


def test_a_url_that_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VOICE_MODELS_URL", "ftp://nowhere")
    with pytest.raises(DownloadError):
        get_model("nl", quiet)


# Archives that mean harm


def hostile(entries: list[tuple[zipfile.ZipInfo | str, bytes]]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as file:
        for info, data in entries:
            file.writestr(info, data)
    return buffer.getvalue()


def entry(name: str, mode: int = stat.S_IFREG | 0o644) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name)
    info.external_attr = mode << 16
    return info


@pytest.mark.parametrize(
    "entries",
    [
        [("m/a", b"x"), ("m/../../evil", b"x")],
        [("../evil", b"x")],
        [("/evil", b"x")],
        [("m/a", b"x"), ("m\\..\\evil", b"x")],
        [("C:/evil", b"x")],
        [(entry("m/link", stat.S_IFLNK | 0o777), b"/etc/passwd")],
        [(entry("m/pipe", stat.S_IFIFO | 0o644), b"")],
        [("m/a", b"x"), ("n/a", b"x")],
        [("m/a", b"x"), ("m/A", b"y")],
        [(f"m/{number}", b"") for number in range(archive.MOST_FILES + 1)],
        [],
    ],
    ids=["up", "in-up", "absolute", "backslash", "drive", "link", "pipe", "two-tops", "twice", "many", "empty"],
)
def test_an_archive_that_means_harm_writes_nothing(
    server: ModelServer, cache: Path, entries: list[tuple[zipfile.ZipInfo | str, bytes]]
) -> None:
    server.offer(NAME, hostile(entries))
    with pytest.raises(HostileArchiveError) as caught:
        get_model("xx", quiet)
    assert caught.value.mend
    assert left_over(cache) == []
    assert left_over(cache.parent) == ["models"]


def test_an_archive_that_would_fill_the_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "LARGEST_BYTES", 1_000_000)
    (tmp_path / "bomb.zip").write_bytes(hostile([("m/a", bytes(2_000_000))]))
    (tmp_path / "out").mkdir()
    with pytest.raises(HostileArchiveError, match="far larger"):
        unpack(tmp_path / "bomb.zip", tmp_path / "out")
    assert left_over(tmp_path / "out") == []


def test_a_server_that_sends_without_end_is_stopped(server: ModelServer, cache: Path) -> None:
    server.offer(NAME, listed=lambda row: row.update(size=1000))
    with pytest.raises(DownloadError, match="sends more"):
        get_model("xx", quiet)
    assert (cache / f"{NAME}.zip.part").stat().st_size <= 1000


# Names


def test_the_catalogue_is_sound() -> None:
    for item in CATALOGUE:
        assert is_name(item.name)
        assert language_of(item.name) == item.language
    defaults = {language: in_catalogue(language) for language in ("nl", "fr", "de", "en")}
    assert all(item and "-small-" in item.name and item.licence == "Apache-2.0" for item in defaults.values())
    assert in_catalogue("nl-BE") == defaults["nl"]
    assert all("not for commercial use" in item.licence for item in CATALOGUE if "spraakherkenning" in item.name)


@pytest.mark.parametrize("name", ["../x", "a/b", "", ".hidden", "a\\b", "a..b", "x" * 200, "a b"])
def test_a_name_that_is_no_name(name: str) -> None:
    assert not is_name(name)


def test_a_servers_list_is_read_with_care() -> None:
    rows = [
        {"name": "vosk-model-small-xx-0.1", "size": 5, "md5": "A" * 32},
        {"name": "vosk-model-small-yy-0.1", "obsolete": "true"},
        {"name": "../evil"},
        {"name": "vosk-model-small-zz-0.1", "size": "big", "md5": "?"},
        "nonsense",
    ]
    found = read_model_list(json.dumps(rows))
    assert [(item.language, item.size, item.digest) for item in found] == [("xx", 5, "md5:" + "a" * 32), ("zz", 0, "")]
    with pytest.raises(ValueError, match="not a list"):
        read_model_list("{}")


def test_every_error_of_a_model_says_what_to_do(tmp_path: Path) -> None:
    calls: list[Callable[[], object]] = [
        lambda: find_model("xx"),
        lambda: find_model("xx", "no-such-model"),
        lambda: check_model(tmp_path / "none"),
        lambda: check_model(tmp_path),
    ]
    for call in calls:
        with pytest.raises(ModelError) as caught:
            call()
        assert caught.value.mend


def test_the_client_takes_the_files_own_bytes() -> None:
    with download.new_client() as client:
        assert client.headers["Accept-Encoding"] == "identity"
        assert isinstance(client, httpx.Client)
